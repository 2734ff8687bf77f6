"""The world of the tests, sealed: what every test may rely on, and what none may leave behind."""

import os
import sys
import tempfile
import unittest.mock

# Before JAX is imported: four devices that are not there, so that placement and meshes can be
# tested, and one thread for each of the test processes, which run side by side.
assert "jax" not in sys.modules, "JAX was imported before its flags were set"
os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=4"
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ.setdefault("OMP_NUM_THREADS", "1")
# What one of the processes compiled the others find, but nothing of what was compiled before. Who
# names a folder keeps it: the next run of the tests takes half the time.
if "FUNCGRAD_COMPILE_CACHE" not in os.environ:
    programs = tempfile.TemporaryDirectory(prefix="funcgrad-programs-", ignore_cleanup_errors=True)
    os.environ["FUNCGRAD_COMPILE_CACHE"] = programs.name

import jax
import pytest
from hypothesis import HealthCheck, settings

# No deadline in any of them: the first call with a new shape compiles, the next does not.
settings.register_profile("dev", max_examples=30, deadline=None)
settings.register_profile(
    "ci", max_examples=30, deadline=None, derandomize=True, database=None, print_blob=True
)
settings.register_profile(
    "nightly", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if "CI" in os.environ else "dev"))


def jax_settings():
    """Every setting of JAX, as this thread sees it."""
    # A plain flag has no attribute; what has one may hold another value in this thread.
    return {name: getattr(jax.config, name, value) for name, value in jax.config.values.items()}


@pytest.fixture(autouse=True)
def _no_test_changes_jax():
    """Fail a test that leaves a JAX setting other than it found it, and put it back."""
    before = jax_settings()
    yield
    after = jax_settings()
    leaked = {name: after[name] for name in before if after[name] != before[name]}
    for name in leaked:
        jax.config.update(name, before[name])
    assert not leaked, f"the test left JAX with other settings: {leaked}"


@pytest.fixture(autouse=True)
def _no_test_leaves_a_mode_on():
    """Fail a test that leaves the PyTorch face with another mode, default dtype or device."""
    if "funcgrad.tape.random" in sys.modules:  # which starts at random, as PyTorch does
        sys.modules["funcgrad.tape.random"].manual_seed(0)
    yield
    if "funcgrad.tape.modes" not in sys.modules:
        return
    from funcgrad.tape import devices, dtypes, forward, modes

    left = {
        "grad mode off": not modes.state.grad,
        "inference mode on": modes.state.inference,
        "a level of forward mode": forward.state.level is not None,
        "a default dtype": dtypes.get_default_dtype() is not dtypes.float32,
        "a default device": str(devices.get_default_device()) != "cpu",
    }
    modes.switch(True, False)
    forward.switch(None)
    dtypes.set_default_dtype(dtypes.float32)
    devices.set_default_device(None)
    found = [name for name, there in left.items() if there]
    assert not found, f"the test left behind: {', '.join(found)}"


@pytest.fixture(scope="session")
def oracle():
    """Real PyTorch, which decides what is right."""
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: nothing to compare with")
    assert torch.__version__.split("+")[0] == "2.13.0", "the oracle is PyTorch 2.13.0"
    return torch


class Count:
    """Counts the programs that XLA compiles.

    The listener is a mock, for a function that is traced for compilation may not change what its
    own code holds.
    """

    def __init__(self):
        self.listener = unittest.mock.Mock()

    @property
    def programs(self):
        calls = self.listener.call_args_list
        return sum(c.args[0] == "/jax/core/compile/backend_compile_duration" for c in calls)


@pytest.fixture
def count():
    """How many programs XLA compiles in a test: `count.programs`."""
    counter = Count()
    jax.monitoring.register_event_duration_secs_listener(counter.listener)
    yield counter
    jax.monitoring.unregister_event_duration_listener(counter.listener)
