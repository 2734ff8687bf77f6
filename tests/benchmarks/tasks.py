"""All tasks, by name."""

from . import gallery, networks, transformer
from .scales import SCALES
from .task import Task

TASKS = {task.name: task for task in [*gallery.TASKS, *networks.TASKS, *transformer.TASKS]}
# The training examples of the gallery, for which the budgets of a step are.
TRAINING = [*(task.name for task in gallery.TASKS), "mlp_regression", "batches_and_device"]


def named(name: str) -> Task:
    """A task, also one of a scale: "depth_100"."""
    scale, _, size = name.rpartition("_")
    return SCALES[scale][int(size)] if scale in SCALES else TASKS[name]
