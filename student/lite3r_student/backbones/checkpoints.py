"""Official checkpoint files into models, strictly; and what each of them may be used for.

A file is accepted when its names and shapes are exactly those of the network: what is missing, unexpected or of another shape is an error that lists
it. Two things are allowed for, by name: heads that are not served (VGGT's point and track heads), and a layer that the network uses under several
names, of which safetensors stores one (Depth-Anything-3's norm in the ray head).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from . import da3, vggt


@dataclass(frozen=True)
class Known:
    """One checkpoint that can be loaded."""

    source: str
    """Where its authors publish it."""
    licence: str
    commercial: bool
    build: Callable[..., nn.Module]
    prefix: str = ""
    """What the file puts before every name."""
    skipped: tuple[str, ...] = ()
    """Beginnings of names that are not loaded."""
    longest: int = 504
    """Longest side of a picture, pixels, as its authors feed it."""

    @property
    def terms(self) -> str:
        return f"{self.licence}: {'commercial use allowed' if self.commercial else 'NON-COMMERCIAL use only, students made from it included'}"


def known_da3(size: str, licence: str, commercial: bool) -> Known:
    config = da3.CONFIGS[f"da3-{size}"]
    return Known(f"huggingface.co/depth-anything/DA3-{size.upper()}", licence, commercial,
                 lambda reference="middle": da3.DepthAnything3(config, reference), prefix="model.")


CATALOGUE = {
    "da3-small": known_da3("small", "Apache-2.0", True),
    "da3-base": known_da3("base", "Apache-2.0", True),
    "da3-large": known_da3("large", "CC-BY-NC-4.0", False),
    "vggt-1b": Known("huggingface.co/facebook/VGGT-1B", "CC-BY-NC-4.0", False, lambda reference="first": vggt.Vggt(), skipped=vggt.SKIPPED, longest=518),
}


def licences() -> str:
    """One line for each checkpoint, for the help of every command that takes one."""
    return "; ".join(f"{name} ({known.source}): {known.terms}" for name, known in CATALOGUE.items())


def build(name: str, reference: str | None = None) -> nn.Module:
    """The network without weights. `reference`: which view the poses refer to, where the network leaves a choice."""
    if name not in CATALOGUE:
        raise ValueError(f"no backbone is called {name!r}; there are {', '.join(CATALOGUE)}")
    model = CATALOGUE[name].build(**({"reference": reference} if reference else {})).eval()
    if reference not in (None, model.reference):
        raise ValueError(f"{name}: its reference is always the {model.reference} view, not the {reference} one")
    return model


def load(path: Path, name: str, reference: str | None = None) -> nn.Module:
    """The network with the weights of an official file, ready to run."""
    model, known = build(name, reference), CATALOGUE[name]
    try:
        fill(model, read(path), prefix=known.prefix, skipped=known.skipped)
    except ValueError as error:
        raise ValueError(f"{path} is not the {name} that {known.source} publishes: {error}") from None
    return model


def read(path: Path) -> dict[str, Tensor]:
    """Name -> tensor of a .safetensors, .pt, .pth or .bin file. Nothing in it is executed."""
    path = Path(path)
    if path.suffix == ".safetensors":
        from safetensors.torch import load_file

        return load_file(path)
    if path.suffix not in (".pt", ".pth", ".bin"):
        raise ValueError(f"its name should end in .safetensors, .pt, .pth or .bin, not {path.suffix!r}")
    found = torch.load(path, map_location="cpu", weights_only=True)
    for wrapper in ("model", "state_dict"):
        if isinstance(found, dict) and isinstance(found.get(wrapper), dict):
            found = found[wrapper]
    if not isinstance(found, dict) or not all(isinstance(v, Tensor) for v in found.values()):
        raise ValueError("it holds something else than names and tensors")
    return found


def fill(model: nn.Module, weights: dict[str, Tensor], *, prefix: str = "", skipped: tuple[str, ...] = ()):
    """Copies the weights into the model, or says everything that does not fit."""
    if prefix and weights and all(name.startswith(prefix) for name in weights):
        weights = {name.removeprefix(prefix): value for name, value in weights.items()}
    weights = {name: value for name, value in weights.items() if not name.startswith(skipped or ("\0",))}
    wanted = model.state_dict(keep_vars=True)
    names_of = {}  # of one tensor
    for name, value in wanted.items():
        names_of.setdefault(id(value), []).append(name)

    faults, chosen = [], {}
    for names in names_of.values():
        present = [name for name in names if name in weights]
        if not present:
            faults.append(f"missing {names[0]}")
            continue
        value = weights[present[0]]
        if value.shape != wanted[names[0]].shape:
            faults.append(f"{present[0]} is {list(value.shape)}, wanted is {list(wanted[names[0]].shape)}")
        faults += [f"{other} should equal {present[0]}: the network uses one tensor for both" for other in present[1:] if not torch.equal(weights[other], value)]
        chosen[names[0]] = value
    faults += [f"unexpected {name}" for name in weights if name not in wanted]
    if faults:
        raise ValueError(f"{len(faults)} names do not fit: {'; '.join(faults)}")
    with torch.no_grad():
        for name, value in chosen.items():
            wanted[name].copy_(value)


def sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
