"""Property tests of gradients."""

from typing import TYPE_CHECKING

from funcgrad._lazy import lazy as _lazy_face

if TYPE_CHECKING:
    from funcgrad.testing.check import check_gradients as check_gradients
    from funcgrad.testing.check import gradient_test as gradient_test
    from funcgrad.testing.report import PROPERTIES as PROPERTIES
    from funcgrad.testing.report import Counterexample as Counterexample
    from funcgrad.testing.report import GradientError as GradientError
    from funcgrad.testing.report import PropertyResult as PropertyResult
    from funcgrad.testing.report import Report as Report
    from funcgrad.testing.rule import check_rule as check_rule
    from funcgrad.testing.single import check_hvp as check_hvp
    from funcgrad.testing.single import check_jvp as check_jvp
    from funcgrad.testing.single import check_vjp as check_vjp
    from funcgrad.testing.single import numerical_jvp as numerical_jvp
    from funcgrad.testing.single import taylor_test as taylor_test
    from funcgrad.testing.strategies import arrays as arrays
    from funcgrad.testing.strategies import broadcastable as broadcastable
    from funcgrad.testing.strategies import cotangents_like as cotangents_like
    from funcgrad.testing.strategies import dims as dims
    from funcgrad.testing.strategies import dtypes as dtypes
    from funcgrad.testing.strategies import integers_below as integers_below
    from funcgrad.testing.strategies import keys as keys
    from funcgrad.testing.strategies import params_like as params_like
    from funcgrad.testing.strategies import pytree_like as pytree_like
    from funcgrad.testing.twins import compare_with_torch as compare_with_torch
else:
    # The plugin of pytest lives in this package: importing it loads neither JAX nor Hypothesis.
    __getattr__, __dir__, __all__ = _lazy_face(
        __name__,
        {
            "check_gradients": "check",
            "gradient_test": "check",
            "check_rule": "rule",
            "check_vjp": "single",
            "check_jvp": "single",
            "check_hvp": "single",
            "taylor_test": "single",
            "numerical_jvp": "single",
            "compare_with_torch": "twins",
            "arrays": "strategies",
            "dims": "strategies",
            "broadcastable": "strategies",
            "dtypes": "strategies",
            "pytree_like": "strategies",
            "params_like": "strategies",
            "keys": "strategies",
            "integers_below": "strategies",
            "cotangents_like": "strategies",
            "Report": "report",
            "PropertyResult": "report",
            "Counterexample": "report",
            "GradientError": "report",
            "PROPERTIES": "report",
        },
    )
