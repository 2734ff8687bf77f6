"""The real engines on a user's own file, as the command runs them."""

import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from funcgrad.cli import main
from funcgrad.compare.engines import JaxStyle, PyTorchStyle, torch_name
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
