"""The comparison as a function, for notebooks and programs."""

from collections.abc import Sequence
from importlib.util import find_spec
from time import perf_counter

from funcgrad.compare import engines
from funcgrad.compare.engines import Engine
from funcgrad.compare.extras import require_extra
from funcgrad.compare.finished import Finished
from funcgrad.compare.gallery import choose
from funcgrad.compare.skeleton import Example


def compare(
    *names: str,
    device: str = "cpu",
    seed: int | None = None,
    pytorch: bool = True,
    quick: bool = False,
) -> Finished:
    """Run examples on every engine, check that they agree, and return what was found.

    The same as the command `funcgrad compare`, without its output. Each engine is a process of its
    own, so this one's settings stay as they are.

    Args:
        names: examples of the gallery, its sections, or files of your own; all for no name.
        device: where to run, `"cpu"`, `"gpu"`, `"cuda:1"`.
        seed: for the inputs; None is each example's own, for which its expected numbers hold.
        pytorch: whether real PyTorch takes part, where it is installed.
        quick: fewer steps where an example allows, fewer repeats.

    Returns:
        The rows, and the report: shown in a notebook, `.html()` and `.json()` elsewhere.

    Raises:
        UsageError: a name that is no example, or a device that is not there.
        MissingExtraError: the packages of the extra `compare` are not installed.

    Example:
        >>> from funcgrad.compare import compare
        >>> found = compare("scalar-square", quick=True, pytorch=False)
        >>> found.agree
        True
    """
    from funcgrad.compare.environment import environment
    from funcgrad.compare.run import Comparison, Settings

    require_extra()
    examples = choose(names)
    begin = perf_counter()
    settings = Settings(taking_part(examples, pytorch), device, seed, quick)
    with Comparison(examples, settings) as comparison:
        facts = environment(settings, comparison.hellos(), "funcgrad.compare.compare")
        rows = [comparison.run(example, lambda *_: None) for example in examples]
    return Finished(rows, len(examples), settings.engines, facts, perf_counter() - begin)


def taking_part(examples: Sequence[Example], pytorch: bool) -> tuple[type[Engine], ...]:
    """The engines of a run: PyTorch where it is wanted and installed, steps where there are any."""
    with_it = pytorch and find_spec("torch") is not None
    return tuple(
        engine
        for engine in engines.ENGINES
        if (engine.name != "pytorch" or with_it)
        and not all(example.lacks(engine.style) for example in examples)
    )
