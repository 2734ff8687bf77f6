"""`torch.autograd`: gradients, user-written operations, grad modes."""

from ...tape.anomaly import detect_anomaly as detect_anomaly
from ...tape.anomaly import set_detect_anomaly as set_detect_anomaly
from ...tape.autograd import backward as backward
from ...tape.autograd import grad as grad
from ...tape.function import Function as Function
from ...tape.modes import enable_grad as enable_grad
from ...tape.modes import inference_mode as inference_mode
from ...tape.modes import no_grad as no_grad
from ...tape.modes import set_grad_enabled as set_grad_enabled
from ...tape.variable import Variable as Variable
from . import forward_ad as forward_ad
from . import function as function
from . import functional as functional
from . import graph as graph
from .gradcheck import gradcheck as gradcheck
from .gradcheck import gradgradcheck as gradgradcheck
