"""Workers run examples, and an example that fails or kills its worker stops no other."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from funcgrad.compare.errors import DeadWorkerError, UsageError
from funcgrad.compare.gallery import choose
from funcgrad.compare.messages import Hello, Run, Setup
from funcgrad.compare.process import EngineProcess
from funcgrad.compare.row import verdict_line
from funcgrad.compare.run import Comparison, Settings


def quiet(example, what):
    """Watch nothing."""


def run(paths, engines, **settings):
    examples = choose([str(path) for path in paths])
    with Comparison(examples, Settings(tuple(engines), **settings)) as comparison:
        comparison.hellos()
        return {row.example.id: row for row in (comparison.run(e, quiet) for e in examples)}


def test_one_run_with_everything_that_can_go_wrong(write_example, plain_engines):
    paths = [
        write_example("agreeing"),
        write_example("differing", pytorch_style='return {"y": square(x) + 1}'),
        write_example("raising", jax_style='raise ValueError("a planted error")'),
        write_example("leaving", pytorch_style="sys.exit(3)"),
        write_example("crashing", pytorch_style='print("last words", flush=True); os._exit(7)'),
        write_example("printing", jax_style='print("noise"); return {"y": square(x)}'),
        write_example("unimportable", extra='raise OSError("at import")'),
        write_example("odd", jax_style="return 5"),
        write_example(
            "measuring",
            jax_style='return {"y": square(x), "measured_pid": os.getpid()}',
            pytorch_style='return {"y": square(x), "measured_pid": os.getpid(), "fact": "A"}',
        ),
    ]
    rows = run(paths, [plain_engines.First, plain_engines.Second], quick=True)

    verdicts = {name: row.verdict for name, row in rows.items()}
    failed = {"raising", "leaving", "crashing", "unimportable", "odd"}
    assert {name for name, verdict in verdicts.items() if verdict == "failed"} == failed
    assert {name for name, verdict in verdicts.items() if verdict == "differ"} == {"differing"}
    assert verdict_line(list(rows.values()), 9) == "9 examples: 3 agree, 1 differ, 5 failed"

    (found,) = (c for c in rows["differing"].disagreements if c.right == "pytorch")
    assert (found.left_value.item(), found.right_value.item()) == (9.0, 10.0)
    assert "9 and 10, 1 apart" in found.found.reason

    # A traceback begins at the example, not in the worker.
    error = rows["raising"].errors["jax"]
    assert "a planted error" in error
    assert "worker.py" not in error
    assert "SystemExit: 3" in rows["leaving"].errors["pytorch"]
    assert rows["leaving"].outcomes["jax"].results
    assert "ended with 7" in rows["crashing"].errors["pytorch"]
    assert "last words" in rows["crashing"].errors["pytorch"]
    assert set(rows["unimportable"].errors) == {"jax", "pytorch"}
    assert "dict of named results" in rows["odd"].errors["jax"]

    pids = [outcome.results["measured_pid"] for outcome in rows["measuring"].outcomes.values()]
    assert len(set(pids)) == 2
    times = rows["agreeing"].outcomes["jax"].times
    assert times.steady > 0
    assert 1 <= times.repeats <= 20


def test_seed_quick_and_promises(write_example, plain_engines):
    extra = "QUICK = {'power': 5}\nEXPECTED_IN_FULL = {'power'}\nTOLERANCE = {'z': 0.5}\n"
    body = 'return {"y": square(x), "power": power, "z": square(x)}'
    path = write_example(
        "promising", body, body, expected='{"y": 9.0, "power": 2, "z": 9.4}', extra=extra
    )
    engines = [plain_engines.First]

    quick = run([path], engines, quick=True)["promising"]
    assert quick.verdict == "agree"
    assert quick.outcomes["jax"].results["power"] == 5
    assert {check.name for check in quick.checks if check.right == "expected"} == {"y", "z"}

    seeded = run([path], engines, seed=4)["promising"]
    assert seeded.verdict == "agree"
    assert seeded.outcomes["jax"].results["y"] == np.float32(49)
    assert not [check for check in seeded.checks if check.right == "expected"]


def test_an_engine_that_cannot_start_fails_its_cells_and_is_asked_once(
    write_example, plain_engines
):
    examples = choose([str(write_example("one")), str(write_example("two"))])
    settings = Settings((plain_engines.First, plain_engines.Broken))
    with Comparison(examples, settings) as comparison:
        hello = comparison.hellos()["broken"]
        assert "no such engine" in hello.error
        rows = [comparison.run(example, quiet) for example in examples]
    for row in rows:
        assert row.errors == {"broken": "Broken could not be started: ImportError: no such engine"}
        assert row.outcomes["jax"].results["y"] == 9


def test_figures_are_drawn_from_the_first_engine_and_facts_of_the_second(
    write_example, plain_engines
):
    figures = (
        "def figures(results):\n"
        "    from matplotlib.figure import Figure\n"
        "    figure = Figure()\n"
        "    figure.suptitle(results['fact'] + str(float(results['y'])))\n"
        "    return {'one': figure}\n"
    )
    fact = 'return {"y": square(x), "fact": "A"}'
    drawn = write_example("drawn", pytorch_style=fact, extra=figures)
    undrawable = write_example("undrawable", extra=figures)  # lacks the fact
    rows = run([drawn, undrawable], [plain_engines.First, plain_engines.Second], quick=True)
    (picture,) = rows["drawn"].drawing.pictures
    assert picture.name == "one"
    assert picture.data.startswith(b"<?xml")
    assert rows["undrawable"].verdict == "failed"
    assert "KeyError: 'fact'" in rows["undrawable"].errors["figures"]


def test_a_precision_has_a_process_of_its_own(write_example, plain_engines):
    pid = 'return {"measured_pid": os.getpid()}'
    wide = write_example("wide", pid, pid, "{}", extra='PRECISION = "float64"\n')
    single = write_example("single", pid, pid, "{}")
    rows = run([single, wide], [plain_engines.First, plain_engines.Second], quick=True)
    pids = {
        engine: {row.outcomes[engine].results["measured_pid"] for row in rows.values()}
        for engine in ("jax", "pytorch")
    }
    assert len(pids["jax"]) == 2
    assert len(pids["pytorch"]) == 1


def test_a_worker_that_died_between_two_requests_is_replaced(
    write_example, plain_engines, tmp_path
):
    worker = EngineProcess(plain_engines.First, Setup(), tmp_path)
    try:
        assert worker.hello().device == "cpu"
        worker._process.kill()
        worker._process.join()
        assert worker.ask(Run(write_example("again"), quick=True)).results["y"] == 9
        with pytest.raises(DeadWorkerError, match="by signal SIGKILL"):
            worker.ask(Run(write_example("ending", "os.kill(os.getpid(), 9)")))
    finally:
        worker.close()


def runs(pid):
    """Tell whether a process runs; one that ended may still be listed where nobody reaps it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/status")
    return not (status.exists() and "zombie" in status.read_text())


def test_workers_end_with_a_parent_that_was_killed(write_example, tmp_path):
    path = write_example("endless", "import time; time.sleep(600)")
    code = (
        "import sys\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from pathlib import Path\n"
        "import plain_engines\n"
        "from funcgrad.compare.messages import Run, Setup\n"
        "from funcgrad.compare.process import EngineProcess\n"
        f"worker = EngineProcess(plain_engines.First, Setup(), Path({str(tmp_path)!r}))\n"
        "worker.hello()\n"
        "print(worker._process.pid, flush=True)\n"
        f"worker.ask(Run(Path({str(path)!r})))\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as parent:
        pid = int(parent.stdout.readline())
        assert runs(pid)
        parent.kill()
    deadline = time.monotonic() + 10
    while runs(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not runs(pid)


def test_a_device_that_is_not_there_is_a_usage_error(write_example, plain_engines, monkeypatch):
    examples = choose([str(write_example("one"))])
    engines = (plain_engines.First, plain_engines.Second)
    comparison = Comparison(examples, Settings(engines))
    asked = []

    def hello(self):
        asked.append(self.engine)
        return Hello(usage="there is: cpu:0")

    monkeypatch.setattr(EngineProcess, "start", lambda self: None)
    monkeypatch.setattr(EngineProcess, "hello", hello)
    with comparison, pytest.raises(UsageError, match="there is: cpu:0"):
        comparison.hellos()
    assert asked == [plain_engines.First]  # said at once, not when all are ready
