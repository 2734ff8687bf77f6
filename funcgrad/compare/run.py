"""Run examples on every engine, one process an engine, and check that they agree.

All processes are started at once, so that their imports overlap; but an example runs on one engine
after the other, because two that are timed at the same time would slow each other down.
"""

import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from funcgrad.compare.agree import Check, check_engines, check_expected
from funcgrad.compare.engines import Engine
from funcgrad.compare.errors import DeadWorkerError, UsageError
from funcgrad.compare.messages import Draw, Drawing, Hello, Outcome, Run, Setup
from funcgrad.compare.process import EngineProcess
from funcgrad.compare.row import Row
from funcgrad.compare.skeleton import Example

Watch = Callable[[Example, str], None]  # called with what is under way


@dataclass(frozen=True)
class Settings:
    """What is asked of a run."""

    engines: tuple[type[Engine], ...]
    device: str = "cpu"
    seed: int | None = None  # None: each example's default, for which its expected values hold
    quick: bool = False


class Comparison:
    """The processes of a run; a context manager that ends them, whatever happens."""

    def __init__(self, examples: Sequence[Example], settings: Settings) -> None:
        self.settings = settings
        self._examples = examples
        self._processes: dict[tuple[str, str], EngineProcess] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._folder = Path(
            self._stack.enter_context(tempfile.TemporaryDirectory(prefix="funcgrad-"))
        )
        for engine in self.settings.engines:
            self._process(engine, self._examples[0]).start()
        return self

    def __exit__(self, *exception: object) -> None:
        for process in self._processes.values():
            process.close()
        self._stack.close()

    def hellos(self) -> dict[str, Hello]:
        """Wait until every engine is ready, and return what each says of itself.

        Raises:
            UsageError: one does not have the device.
        """
        found: dict[str, Hello] = {}
        for engine in self.settings.engines:
            found[engine.name] = hello = self._process(engine, self._examples[0]).hello()
            if hello.usage:  # said at once: the others need not get ready for it
                raise UsageError(hello.usage)
        return found

    def run(self, example: Example, watch: Watch) -> Row:
        """Run one example on every engine, one after the other, and compare."""
        request = Run(example.path, self.settings.seed, self.settings.quick)
        outcomes: dict[str, Outcome] = {}
        for engine in self.settings.engines:
            if example.lacks(engine.style):
                outcomes[engine.name] = Outcome(absent="no step")
                continue
            watch(example, engine.label)
            try:
                outcomes[engine.name] = self._process(engine, example).ask(request)
            except DeadWorkerError as death:
                outcomes[engine.name] = Outcome(error=str(death))
        checks = self._check(example, outcomes)
        watch(example, "figures")
        return Row(example, outcomes, checks, self._draw(example, outcomes))

    def _check(self, example: Example, outcomes: dict[str, Outcome]) -> list[Check]:
        ran = {name: outcome for name, outcome in outcomes.items() if not outcome.absent}
        done = {name: outcome for name, outcome in ran.items() if not outcome.error}
        results = {name: outcome.results for name, outcome in done.items()}
        checks = check_engines(results, example.precision)
        if done and self.settings.seed is None:
            promises = next(iter(done.values())).promises
            checks += check_expected(
                results,
                promises.expected,
                promises.tolerance,
                promises.in_full if self.settings.quick else (),
                example.precision,
                complete=len(done) == len(ran),
            )
        return checks

    def _draw(self, example: Example, outcomes: dict[str, Outcome]) -> Drawing:
        """Draw from the first engine's results, with facts that only a tape has added to them."""
        results: dict = {}
        for outcome in outcomes.values():
            results = outcome.results | results
        first = self.settings.engines[0]
        if not example.draws or outcomes[first.name].error:
            return Drawing()
        try:
            return self._process(first, example).ask(Draw(example.path, results))
        except DeadWorkerError as death:
            return Drawing(error=str(death))

    def _process(self, engine: type[Engine], example: Example) -> EngineProcess:
        precision = example.precision if engine.by_precision else "float32"
        key = engine.name, precision
        if key not in self._processes:
            setup = Setup(self.settings.device, precision)
            self._processes[key] = EngineProcess(engine, setup, self._folder)
        return self._processes[key]
