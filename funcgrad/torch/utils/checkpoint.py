"""`torch.utils.checkpoint`."""

from ...tape.checkpointing import CheckpointError as CheckpointError
from ...tape.checkpointing import checkpoint as checkpoint
from ...tape.checkpointing import checkpoint_sequential as checkpoint_sequential
from ...tape.checkpointing import noop_context_fn as noop_context_fn
from ...tape.checkpointing import set_checkpoint_early_stop as set_checkpoint_early_stop
from ...tape.reentrant import CheckpointFunction as CheckpointFunction
