"""`torch.optim.lr_scheduler`."""

from .combined import ChainedScheduler as ChainedScheduler
from .combined import SequentialLR as SequentialLR
from .cycles import CyclicLR as CyclicLR
from .cycles import OneCycleLR as OneCycleLR
from .decay import ConstantLR as ConstantLR
from .decay import CosineAnnealingLR as CosineAnnealingLR
from .decay import ExponentialLR as ExponentialLR
from .decay import LinearLR as LinearLR
from .decay import MultiStepLR as MultiStepLR
from .decay import PolynomialLR as PolynomialLR
from .decay import StepLR as StepLR
from .plateau import ReduceLROnPlateau as ReduceLROnPlateau
from .restarts import CosineAnnealingWarmRestarts as CosineAnnealingWarmRestarts
from .schedule import LambdaLR as LambdaLR
from .schedule import LRScheduler as LRScheduler
from .schedule import LRScheduler as _LRScheduler  # noqa: F401 the name that older scripts subclass
from .schedule import MultiplicativeLR as MultiplicativeLR
