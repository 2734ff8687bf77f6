"""`torch.nn.parameter`."""

from ...tape.tensor import Parameter as Parameter
