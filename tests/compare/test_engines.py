"""The real engines on a user's own file, as the command runs them."""

import json
import re
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import pytest

from funcgrad.cli import main
from funcgrad.compare.engines import JaxStyle, PyTorchStyle, torch_name
from funcgrad.compare.face import CompiledStyle, ScannedStyle
from funcgrad.compare.messages import Run, Setup
from funcgrad.compare.process import EngineProcess
from funcgrad.compare.skeleton import SKELETON


@pytest.fixture
def start(tmp_path):
    """Start an engine's process; end it after the test."""
    started = []

    def start(engine, **setup):
        started.append(EngineProcess(engine, Setup(**setup), tmp_path))
        return started[-1]

    yield start
    for process in started:
        process.close()


def test_a_users_file_as_the_command_runs_it(tmp_path, capsys):
    path = tmp_path / "my_square.py"
    path.write_text(SKELETON)
    output, record = tmp_path / "page.html", tmp_path / "run.json"
    files = [f"--output={output}", f"--json={record}"]
    status = main(["compare", str(path), "--quick", "--no-pytorch", *files])
    assert status == 0, capsys.readouterr().out
    (row,) = json.loads(record.read_text())["examples"]
    assert row["id"] == "my-square"
    assert list(row["engines"]) == ["jax", "funcgrad.torch"]
    for outcome in row["engines"].values():
        assert outcome["results"]["gradient"]["values"] == 8.0
    assert "my-square" in output.read_text()


TRAINING = """

def step_style(torch, scan, x):
    w, factor = torch.tensor(x, requires_grad=True), torch.ones(3, 2)

    def step(a, b):
        y = w**2
        y.backward()
        gradient = w.grad.clone()
        with torch.no_grad():
            w.mul_(a + b + FAR)
        w.grad = None
        return {"y": y.detach(), "gradient": gradient}

    history = scan(step, (factor[:, 0], torch.zeros(3)))
    return {name: values[0] for name, values in history.items()}
"""


@pytest.mark.parametrize("engine", [CompiledStyle, ScannedStyle], ids=lambda engine: engine.name)
def test_a_training_goes_on_in_its_further_calls(start, tmp_path, engine):
    path, other = tmp_path / "trained.py", tmp_path / "untraceable.py"
    path.write_text(SKELETON + TRAINING.replace("FAR", "0"))
    other.write_text(SKELETON + TRAINING.replace("FAR", "y.item()"))
    process = start(engine)
    outcome = process.ask(Run(path, quick=True))
    assert {name: value.item() for name, value in outcome.results.items()} == {
        "y": 16, "gradient": 8
    }  # fmt: skip
    assert outcome.times.repeats >= 1
    assert "item()" in process.ask(Run(other, quick=True)).error


def test_a_further_call_is_the_loops_alone():
    calls = []

    def step_style(torch, scan, x):
        calls.append(x)
        w = torch.tensor(0.0)
        calls.append(w)
        return {"w": scan(lambda: w.add_(x).clone(), length=3)}

    for engine in (CompiledStyle, ScannedStyle):
        calls.clear()
        call = engine(Setup()).bind(SimpleNamespace(step_style=step_style), {"x": 2.0}, {})
        assert call()["w"].tolist() == [2, 4, 6]
        assert call() == {}
        assert calls == [2.0, 12.0]  # the second time the same tensor was trained further


def test_examples_with_and_without_a_step(tmp_path, capsys):
    for name, text in {"plain": "", "trained": TRAINING.replace("FAR", "0")}.items():
        (tmp_path / f"{name}.py").write_text(SKELETON + text)
    record, page = tmp_path / "run.json", f"--output={tmp_path / 'page.html'}"
    names = [str(tmp_path / f"{name}.py") for name in ("plain", "trained")]
    status = main(["compare", *names, "--quick", "--no-pytorch", f"--json={record}", page])
    printed = capsys.readouterr().out
    assert status == 0, printed
    assert re.search("^plain .* no step +no step agree$", printed, re.MULTILINE)
    plain, trained = json.loads(record.read_text())["examples"]
    assert list(plain["engines"]) == ["jax", "funcgrad.torch", "compiled", "scanned"]
    assert plain["engines"]["scanned"]["absent"] == "no step"
    assert len(plain["checks"]) == 2 * (1 + 2)  # of two engines, and with what is expected
    assert len(trained["checks"]) == 2 * (6 + 4)
    assert trained["engines"]["scanned"]["steady_seconds"] > 0


@pytest.mark.skipif(find_spec("torch") is None, reason="PyTorch, the engine, is not installed")
def test_pytorch_runs_on_one_thread(start, tmp_path):
    path = tmp_path / "mine.py"
    threads = 'return {"threads": torch.get_num_threads(), "y": y'
    path.write_text(SKELETON.replace('return {"y": y', threads))
    process = start(PyTorchStyle)
    assert "torch.set_num_threads(1)" in process.hello().settings
    results = process.ask(Run(path, quick=True)).results
    assert results["threads"] == 1
    assert (results["y"], results["gradient"]) == (16, 8)


def test_jax_runs_under_its_defaults_unless_the_example_asks(start, tmp_path):
    path = tmp_path / "wide.py"
    path.write_text(SKELETON.replace("np.float32(4.0)", "np.float64(4.0)"))
    for precision, process in {
        name: start(JaxStyle, precision=name) for name in ("float32", "float64")
    }.items():
        assert str(process.ask(Run(path, quick=True)).results["y"].dtype) == precision


def test_jax_refuses_what_is_not_its_own(start, tmp_path):
    face = tmp_path / "face.py"
    face.write_text(SKELETON.replace("import jax\n", "import jax\nimport funcgrad.torch\n"))
    moving = tmp_path / "moving.py"
    moving.write_text(
        SKELETON.replace('return {"y": y, "gradient": gradient}', 'return {"y": y}').replace(
            "@jax.jit\ndef jax_style(x):\n",
            "def jax_style(x):\n    x = jax.device_put(x, jax.devices()[1])\n",
        )
    )
    good = tmp_path / "good.py"
    good.write_text(SKELETON)

    process = start(JaxStyle, device="cpu:0")
    assert "not on the chosen device cpu:0" in process.ask(Run(moving, quick=True)).error
    assert "funcgrad.torch was imported" in process.ask(Run(face, quick=True)).error
    # A process that has met the face is replaced: the next example is not to blame.
    assert process.ask(Run(good, quick=True)).error == ""


def test_a_jax_style_that_is_not_jitted_is_warned_of(start, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("plain.py").write_text(SKELETON.replace("@jax.jit\n", ""))
    Path("jitted.py").write_text(SKELETON)
    options = ["--quick", "--no-pytorch", "--json=run.json"]
    assert main(["compare", "plain.py", "jitted.py", *options]) == 0
    assert capsys.readouterr().out.count("    JAX: jax_style is not jitted") == 1
    warnings = [row["warnings"] for row in json.loads(Path("run.json").read_text())["examples"]]
    assert list(warnings[0]) == ["jax"] and warnings[1] == {}
    assert "<strong>JAX.</strong> jax_style is not jitted" in Path("report.html").read_text()


def test_a_device_that_is_not_there(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(SKELETON)
    assert main(["compare", "mine.py", "--device", "cuda:7", "--no-pytorch"]) == 2
    message = capsys.readouterr().err
    assert "no device 'cuda:7'" in message
    assert "there is: cpu:0" in message
    assert not (tmp_path / "report.html").exists()


@pytest.mark.parametrize(
    ("name", "torch"), [("cpu", "cpu"), ("gpu", "cuda"), ("gpu:1", "cuda:1"), ("cuda:1", "cuda:1")]
)
def test_pytorchs_name_of_a_device(name, torch):
    assert torch_name(name) == torch
