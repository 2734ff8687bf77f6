"""`torch.autograd.graph`."""

from ...tape.edges import GradientEdge as GradientEdge
from ...tape.edges import get_gradient_edge as get_gradient_edge
from ...tape.edges import register_multi_grad_hook as register_multi_grad_hook
from ...tape.graph import Node as Node
from ...tape.packing import allow_mutation_on_saved_tensors as allow_mutation_on_saved_tensors
from ...tape.packing import disable_saved_tensors_hooks as disable_saved_tensors_hooks
from ...tape.packing import increment_version as increment_version
from ...tape.packing import save_on_cpu as save_on_cpu
from ...tape.packing import saved_tensors_hooks as saved_tensors_hooks
