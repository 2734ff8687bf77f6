"""`torch.nn.parameter`."""

from ...tape.parameter import Parameter as Parameter
