"""What the parent and its workers say to each other; plain data, so that it can be pickled."""

from dataclasses import dataclass, field
from pathlib import Path

from funcgrad.compare.timing import Times
from funcgrad.compare.values import Plain


@dataclass(frozen=True)
class Setup:
    """How a worker sets up its engine."""

    device: str = "cpu"
    precision: str = "float32"


@dataclass(frozen=True)
class Hello:
    """The first message of a worker: what it runs on, or why it cannot run."""

    versions: dict[str, str] = field(default_factory=dict)
    device: str = ""
    settings: tuple[str, ...] = ()
    error: str = ""  # a traceback
    usage: str = ""  # the request cannot be met: a device that is not there


@dataclass(frozen=True)
class Run:
    """Run one example and time it; without a seed, `inputs()` chooses."""

    path: Path
    seed: int | None = None
    quick: bool = False


@dataclass(frozen=True)
class Promises:
    """What an example says about its results; see `examples/README.md`."""

    expected: dict[str, Plain] = field(default_factory=dict)
    tolerance: dict[str, float] = field(default_factory=dict)
    in_full: tuple[str, ...] = ()  # names not to be expected of a quick run


@dataclass(frozen=True)
class Outcome:
    """What one engine made of one example: results and times, or a traceback."""

    results: dict[str, Plain] = field(default_factory=dict)
    promises: Promises = Promises()
    times: Times | None = None
    error: str = ""
    absent: str = ""  # a word: why there is nothing to run
    warning: str = ""  # what makes its times other than they should be
    spoilt: bool = False  # the worker must be replaced


@dataclass(frozen=True)
class Draw:
    """Draw an example's figures from these results."""

    path: Path
    results: dict[str, Plain]


@dataclass(frozen=True)
class Picture:
    """A rendered figure."""

    name: str
    media_type: str
    data: bytes
    alt: str = ""  # what is to be seen


@dataclass(frozen=True)
class Drawing:
    """The figures of an example, or a traceback."""

    pictures: tuple[Picture, ...] = ()
    error: str = ""
