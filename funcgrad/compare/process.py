"""The parent's handle on one engine's process: start it, ask it, notice its death."""

import multiprocessing
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from funcgrad.compare.engines import Engine
from funcgrad.compare.errors import DeadWorkerError
from funcgrad.compare.messages import Draw, Hello, Outcome, Run, Setup
from funcgrad.compare.worker import serve

# A fresh interpreter, not a fork: a fork would inherit threads and settings, and the engines must
# not meet in one process.
SPAWN = multiprocessing.get_context("spawn")
LAST_WORDS = 20  # lines of a dead worker's log


class EngineProcess:
    """A process that runs one engine; it is started again after it died."""

    def __init__(self, engine: type[Engine], setup: Setup, folder: Path) -> None:
        self.engine = engine
        self.setup = setup
        self._folder = folder
        self._starts = 0
        self._hello: Hello | None = None
        self._process: Any = None

    def start(self) -> None:
        """Start the process, without waiting until it is ready."""
        self._starts += 1
        self._log = self._folder / f"{self.engine.name}-{self.setup.precision}-{self._starts}.log"
        self._connection, theirs = SPAWN.Pipe()
        arguments = (theirs, self.engine, self.setup, self._log)
        self._process = SPAWN.Process(target=serve, args=arguments, daemon=True)
        with _interrupts_ignored():
            self._process.start()
        theirs.close()

    def hello(self) -> Hello:
        """Wait until the engine is ready, or has said why it never will be."""
        if self._process is None:
            self.start()
        if self._hello is None:
            self._hello = self._first_message()
        return self._hello

    def _first_message(self) -> Hello:
        try:
            return self._receive()
        except DeadWorkerError as death:
            return Hello(error=str(death))

    def ask(self, request: Run | Draw) -> Any:
        """Return the answer to one request; a process that died before is started again.

        Raises:
            DeadWorkerError: it ended while it worked on this request.
        """
        hello = self.hello()
        if not hello.error and not self._process.is_alive():
            self.close()
            hello = self.hello()
        if hello.error:
            reason = hello.error.strip().splitlines()[-1]
            raise DeadWorkerError(f"{self.engine.label} could not be started: {reason}")
        try:
            self._connection.send(request)
        except OSError:  # it died since
            raise DeadWorkerError(self._obituary()) from None
        answer = self._receive()
        if isinstance(answer, Outcome) and answer.spoilt:
            self.close()
        return answer

    def close(self) -> None:
        """End the process, at once if it is busy."""
        if self._process is None:
            return
        self._connection.close()
        self._process.terminate()
        self._process.join(2)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process.close()
        self._process = self._hello = None

    def _receive(self) -> Any:
        # The pipe alone would not tell: a child of the worker may hold its other end open.
        wait([self._connection, self._process.sentinel])
        try:
            if self._connection.poll():
                return self._connection.recv()
        except (EOFError, OSError):
            pass
        raise DeadWorkerError(self._obituary())

    def _obituary(self) -> str:
        self._process.join(2)
        code = self._process.exitcode
        how = f"by signal {signal.Signals(-code).name}" if code and code < 0 else f"with {code}"
        words = self._log.read_text(errors="replace").splitlines() if self._log.exists() else []
        said = "\n".join(["; the last it printed:", *words[-LAST_WORDS:]]) if words else ""
        return f"the process of {self.engine.label} ended {how}{said}"


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Start a process deaf to Ctrl-C: the terminal sends it to all, and the parent decides."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
