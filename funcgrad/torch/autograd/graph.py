"""`torch.autograd.graph`."""

from ...tape.graph import Node as Node
