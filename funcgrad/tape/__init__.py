"""tape"""

from . import bind as bind
