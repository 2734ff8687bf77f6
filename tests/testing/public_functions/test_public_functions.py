"""The gradients of public functions pass with no options: what rejects them finds no bugs.

Some of JAX's have real defects; those rows say so, and must fail with the property they name.
All of them take a quarter of an hour; `FUNCGRAD_GRAD_PROFILE=fast` or `default` tries them all, and
otherwise every fortieth is tried, fast.
"""

import os

import pytest

from funcgrad import testing as gt

from .rows import ROWS

ASKED = os.environ.get("FUNCGRAD_GRAD_PROFILE")
PROFILE = ASKED or "fast"
KEYS = list(ROWS) if ASKED else list(ROWS)[::40]


@pytest.mark.parametrize("key", KEYS)
def test_gradients_pass(key: str) -> None:
    row = ROWS[key]
    options = {"profile": PROFILE, "seed": 0, **row.options}
    try:
        report = gt.check_gradients(row.function, *row.examples(gt), **options)
    except gt.GradientError as error:
        results = error.report.properties
        broken = {name for name, result in results.items() if result.verdict == "fail"}
        # The check stops at the first property that breaks, so it is one of those named.
        if not broken or not broken <= set(row.expected_failure):
            raise
    else:
        assert not row.expected_failure, f"passes now, had: {dict(row.expected_failure)}"
        assert any(result.verdict == "pass" for result in report.properties.values())
