"""`torch.optim.lr_scheduler`."""

from .plateau import ReduceLROnPlateau as ReduceLROnPlateau
from .schedule import ConstantLR as ConstantLR
from .schedule import CosineAnnealingLR as CosineAnnealingLR
from .schedule import ExponentialLR as ExponentialLR
from .schedule import LambdaLR as LambdaLR
from .schedule import LinearLR as LinearLR
from .schedule import LRScheduler as LRScheduler
from .schedule import MultiStepLR as MultiStepLR
from .schedule import StepLR as StepLR
