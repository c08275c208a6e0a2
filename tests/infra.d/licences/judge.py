"""Compares CycloneDX lists of components with infra/licences.txt: judge.py RULES BOM..."""

import json
import sys
from pathlib import Path


def rules(path):
    allowed, excepted = set(), {}
    for line in Path(path).read_text().splitlines():
        kind, _, rest = line.strip().partition(" ")
        if kind == "allow":
            allowed.add(rest.strip())
        elif kind == "except":
            component, licence, reason = rest.split(maxsplit=2)  # an exception without a reason is none
            excepted[component] = (licence, reason)
        elif kind and not kind.startswith("#"):
            sys.exit(f"{path}: neither allow nor except: {line}")
    return allowed, excepted


def licences(component):
    """Names of its licences; one is enough, since several in a pom are a choice."""
    names = []
    for choice in component.get("licenses", []):
        licence = choice.get("license", {})
        names.append(choice.get("expression") or licence.get("id") or licence.get("name") or "unnamed")
    return names or ["none stated"]


def main(rules_file, *boms):
    allowed, excepted = rules(rules_file)
    unused, refused, seen = set(excepted), {}, set()
    for bom in boms:
        parsed = json.loads(Path(bom).read_text())
        module = parsed["metadata"]["component"]["name"]
        for component in parsed.get("components", []):
            name = f"{component.get('group', '')}:{component['name']}"
            if name.startswith("io.lite3r:"):
                continue
            if component["version"].endswith("-SNAPSHOT"):
                refused[f"{name} is a SNAPSHOT"] = module
            seen.add(name)
            names = licences(component)
            if name in excepted and excepted[name][0] in [n.replace(" ", "-") for n in names]:
                unused.discard(name)
            elif not allowed.intersection(names):
                refused[f"{name} {component['version']}: {', '.join(names)}"] = module
    for sentence, module in sorted(refused.items()):
        print(f"{sentence} (in {module}) is not on the list")
    for name in sorted(unused):
        print(f"the exception for {name} is not needed")
    if refused or unused or not seen:
        sys.exit(1)
    print(f"{len(seen)} components of {len(boms)} modules; {len(excepted)} by exception, none a SNAPSHOT")


main(*sys.argv[1:])
