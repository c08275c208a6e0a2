"""What a student of our own model is asked for when there is no truth at hand: to answer what its teacher answers.

The attention terms of `distill.py` pull every layer towards the teacher's, each alike; but most of what a layer says hardly moves depth and poses, and some of it moves them a
lot. This term says which. It is the training's own loss with the teacher's answer in the place of the truth, in the window's unit, so that its weights are known to balance.
Only the linear-branch projections learn from it, as from everything else in a distillation.
"""

from torch import Tensor

from . import losses
from .model import rotation_matrix


def imitation(answer: dict[str, Tensor], wanted: dict[str, Tensor]) -> Tensor:
    """Outputs of student and teacher for the same window (depth (B, S, H, W), quat, trans, focal) -> a loss, 0 when they agree."""
    truth = losses.Truth(wanted["depth"], rotation_matrix(wanted["quat"]), wanted["trans"], wanted["focal"], rays=None)
    terms = losses.pose_terms(answer["quat"], answer["trans"], truth)
    terms["depth"] = (answer["depth"].log() - wanted["depth"].log()).abs().mean()
    terms["focal"] = (answer["focal"].log() - wanted["focal"].log()).abs().mean()
    return sum(losses.WEIGHTS[name] * term for name, term in terms.items())
