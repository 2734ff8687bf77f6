"""Every example gives the same in JAX style, on `funcgrad.torch` and on real PyTorch.

A training does as a step, too, that is compiled and scanned.

And the numbers of the documents. The engines are the command's own, and so is the judgement; only
here they share a process, and trainings are in their quick form.
"""

import importlib

import jax
import numpy as np
import pytest

from funcgrad.compare.agree import check_engines, check_expected
from funcgrad.compare.arguments import arguments
from funcgrad.compare.face import STEP, CompiledStyle, ScannedStyle
from funcgrad.compare.gallery import choose
from funcgrad.compare.messages import Setup
from funcgrad.compare.values import plain_results
from funcgrad.compare.worker import load

EXAMPLES = choose([])


def results(module, precision, oracle, seed=None, quick=True):
    """What each engine returns, in a form that can be compared."""
    inputs, static = arguments(module, "jax_style", seed, quick)
    with jax.enable_x64(precision == "float64"):
        ours = plain_results(module.jax_style(**inputs, **static))
    inputs, static = arguments(module, "pytorch_style", seed, quick)
    face = importlib.import_module("funcgrad.torch")
    found = {
        "jax": ours,
        "funcgrad.torch": plain_results(module.pytorch_style(face, **inputs, **static)),
        "pytorch": plain_results(module.pytorch_style(oracle, **inputs, **static)),
    }
    if hasattr(module, STEP):
        given = arguments(module, STEP, seed, quick)
        for engine in (CompiledStyle, ScannedStyle):
            found[engine.name] = plain_results(engine(Setup()).bind(module, *given)())
    return found


def disagreements(checks):
    assert checks
    return [
        f"{check.name}: {check.left} {check.left_value}, {check.right} {check.right_value}: "
        f"{check.found.reason}"
        for check in checks
        if not check.agrees
    ]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.id)
def test_the_engines_agree(example, oracle):
    module = load(example.path)
    inputs, others = module.inputs(), module.inputs(seed=1)
    returned = results(module, example.precision, oracle)
    checks = check_engines(returned, example.precision) + check_expected(
        returned,
        plain_results(module.EXPECTED),
        getattr(module, "TOLERANCE", {}),
        getattr(module, "EXPECTED_IN_FULL", ()),
        example.precision,
    )
    assert disagreements(checks) == []
    if any(np.any(others[name] != value) for name, value in inputs.items()):
        returned = results(module, example.precision, oracle, seed=1)
        assert disagreements(check_engines(returned, example.precision)) == []


@pytest.mark.parametrize("name", ["logistic-regression", "mlp-regression", "batches-and-device"])
def test_a_training_from_a_seed_follows_pytorchs_trace_to_the_end(name, oracle):
    """Nothing is handed over but the seed: data, weights and batches are drawn on each side."""
    (example,) = choose([name])
    module = load(example.path)
    assert set(arguments(module, "pytorch_style")[0]) == {"seed"}
    found = results(module, example.precision, oracle, quick=False)
    assert len(found) == 5
    pytorch = found["pytorch"]
    traces = [key for key, value in pytorch.items() if "loss" in key and np.ndim(value)]
    assert traces
    for key in traces:
        for engine, given in found.items():
            message = f"{key}, {engine}"
            np.testing.assert_allclose(given[key], pytorch[key], 1e-5, 1e-6, err_msg=message)
