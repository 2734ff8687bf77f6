"""Which results are compared with which, and that no name escapes."""

import numpy as np

from funcgrad.compare.agree import EXPECTED, check_engines, check_expected

ONE, TWO = np.array(1, np.float32), np.array(2, np.float32)


def failing(checks):
    return {(check.name, check.left, check.right) for check in checks if not check.agrees}


def test_every_pair_is_compared():
    results = {"jax": {"y": ONE}, "face": {"y": ONE}, "pytorch": {"y": TWO}}
    checks = check_engines(results, "float32")
    assert [(check.left, check.right) for check in checks] == [
        ("jax", "face"),
        ("jax", "pytorch"),
        ("face", "pytorch"),
    ]
    assert failing(checks) == {("y", "jax", "pytorch"), ("y", "face", "pytorch")}


def test_only_jax_may_leave_out_a_name():
    tape = {"y": ONE, "grad_fn": "MulBackward0"}
    assert not failing(check_engines({"jax": {"y": ONE}, "face": tape, "pytorch": tape}, "float32"))
    assert failing(check_engines({"jax": tape, "pytorch": {"y": ONE}}, "float32"))
    assert failing(check_engines({"face": {"y": ONE}, "pytorch": tape}, "float32"))
    assert failing(check_engines({"face": tape, "pytorch": {"y": ONE}}, "float32"))


def test_a_step_may_leave_out_what_jax_leaves_out():
    tape = {"y": ONE, "grad_fn": "MulBackward0"}
    engines = {"jax": {"y": ONE}, "face": tape, "compiled": {"y": ONE}, "scanned": {"y": ONE}}
    assert not failing(check_engines(engines, "float32"))
    assert failing(check_engines(engines | {"scanned": {"y": TWO}}, "float32")) == {
        ("y", engine, "scanned") for engine in ("jax", "face", "compiled")
    }
    assert {pair[1:] for pair in failing(check_engines(engines | {"compiled": {}}, "float32"))} == {
        ("jax", "compiled"), ("face", "compiled"), ("compiled", "scanned")
    }  # fmt: skip


def test_facts_of_the_tape_are_compared_between_tapes():
    results = {"jax": {}, "face": {"grad_fn": "A"}, "pytorch": {"grad_fn": "B"}}
    (check,) = check_engines(results, "float32")
    assert failing([check]) == {("grad_fn", "face", "pytorch")}
    assert (check.left_value, check.right_value) == ("A", "B")


def test_measured_names_are_never_compared():
    results = {"jax": {"measured_time": ONE}, "pytorch": {"measured_time": TWO}}
    assert check_engines(results, "float32") == []


def expected(results, values, tolerance=None, skip=(), complete=True):
    return check_expected(results, values, tolerance or {}, skip, "float32", complete)


def test_each_engine_is_held_to_the_expected_numbers():
    results = {"jax": {"y": ONE}, "pytorch": {"y": TWO, "name": "A"}}
    checks = expected(results, {"y": 1.0, "name": "A"})
    assert failing(checks) == {("y", "pytorch", EXPECTED)}
    assert len(checks) == 3


def test_the_tolerance_of_an_example_is_absolute_and_for_its_expected_numbers():
    results = {"jax": {"y": np.array(100.04, np.float32)}}
    assert not failing(expected(results, {"y": 100.0}, {"y": 0.05}))
    assert failing(expected(results, {"y": 100.0}, {"y": 0.03}))


def test_what_holds_in_full_is_skipped():
    assert not failing(expected({"jax": {"y": TWO}}, {"y": 1.0}, skip=["y"]))


def test_a_misspelt_name_is_a_failure_wherever_it_stands():
    results = {"jax": {"y": ONE}}
    assert failing(expected(results, {"why": 1.0}))
    assert failing(expected(results, {"y": 1.0}, {"why": 0.1}))
    assert failing(expected(results, {"y": 1.0}, skip=["why"]))
    assert failing(expected(results, {}, {"y": 0.1}))
    assert failing(expected(results, {}, skip=["y"]))


def test_a_name_that_a_failed_engine_may_have_returned_is_left_alone():
    assert not failing(expected({"jax": {"y": ONE}}, {"grad_fn": "A"}, complete=False))
    assert failing(expected({"jax": {"y": ONE}}, {"y": 2.0}, complete=False))
