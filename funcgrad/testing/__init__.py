"""Property tests of gradients: is the rule that JAX runs the derivative of this function?

A gradient that is wrong raises nothing. The loss still falls, only less, and a rule written by hand
(`jax.custom_vjp`, `jax.custom_jvp`, an `autograd.Function` carried over) is wrong where its writer
did not look: beyond a threshold, at equal entries, for a batch, in its second derivative.
`check_gradients` looks there, and gives the simplest arguments that show it:

>>> import jax, jax.numpy as jnp
>>> from funcgrad import testing as gt
>>> @jax.custom_vjp
... def huber(x):
...     return jnp.where(jnp.abs(x) < 1, x**2 / 2, jnp.abs(x) - 0.5)
>>> huber.defvjp(lambda x: (huber(x), x), lambda x, ct: (ct * jnp.minimum(x, 1.0),))
>>> try:
...     gt.check_gradients(huber, jnp.array([0.5, 2.0, -0.3]))
... except gt.GradientError as error:
...     found = error.counterexample
>>> found.property, found.where, float(found.expected), float(found.got)
('value', 'd out[2] / d x[2]', -1.0, -2.0)
>>> found.arguments[0]
array([ 1.,  1., -2.], dtype=float32)
>>> found.cause
'The rule gives the derivative times |x|, entry by entry (d out / d x).'

How a check goes
----------------

*The rule as JAX runs it, with wide numbers* (`programs`, `widening`). The function, its vjp and its
jvp are traced in their own dtypes, custom rules included. A trace is a list of equations, and these
are run with every float32 or bfloat16 held in float64: the same mathematical function, with fifteen
digits. So in float32, too, a rule that is wrong by a hundred-thousandth is seen. Programs are
compiled once for each shape of the arguments and shared by all that follows, for compiling is what
a check spends its time on.

*Slopes with error bars* (`differences`). Along each direction the function is evaluated on a ladder
of ten steps, 2⁻⁴ to 2⁻³¹ of the argument's own size, on both sides. Richardson's extrapolation is
trusted where three rungs agree, and their disagreement is the error bar. The rule may be off by
that, and by the rounding of its constants (`tolerances`), and no more; a second ladder with other
rungs must find a disagreement again before it counts.

*Kinks* (`differences`, `ties`). Where the quotients from the left and from the right settle on
different values there is a kink, and any derivative between the two is right. Where they grow
without bound, or the function is not finite, there is no slope, and nothing to hold against a rule.
The traced program is asked, too, whether it compares equal numbers: there JAX gives the slope of
one branch, though the function may be smooth, and a rule that is right close by is let pass, with a
note (`nonsmooth="error"` lets none pass). A rule by hand (`rules`) has no such excuse inside of the
function that it is for.

*Points* (`points`, `search`, `sizes`). The example is the first; then whole arrays of zeros, of
ones, with ties, large, small, negative, and made of the numbers that stand in the program itself
and of their neighbours: a rule with a threshold at 6 has a 6 in its trace. Then Hypothesis mixes
them. Of arguments given as strategies, only what these allow is tried, along directions that keep
them what they are: symmetric, or with a sum of 1. Whether a point fails depends on the point and
the seed alone, so no verdict is flaky.

*Properties* (`properties`). At each point, and once a shape:

=========  ======================================================================================
value      ⟨ct, J u⟩ of vjp and of jvp equals the slope, along coordinates and random directions
taylor     what is left beyond the tangent falls with the square of the step
interval   at a kink the derivative lies between the slopes on both sides
duality    ⟨ct, jvp(u)⟩ = ⟨vjp(ct), u⟩, where there are both modes
cotangent  vjp(0) = 0, vjp(a·ct) = a·vjp(ct) from a = 2⁻⁴⁰ to 2⁴⁰, vjp(b + c) = vjp(b) + vjp(c)
second     jvp of vjp and vjp of vjp equal the slope of the gradient
jit        a function that can be traced; a rule written by hand gives the same without `jax.jit`
vmap       value, vjp and jvp under `jax.vmap` equal those of each row; where batching is by
           hand, also of 1 row, and where one argument alone is mapped
structure  there is a derivative, of the right shapes; what comes with it is the function's value
size       the same in other shapes: a batch of 1, all sizes one less, no square, no entries
finite     a finite value has a finite gradient, but where the function has no slope
state      two equal calls give equal results; of a function that is called, its arguments stay
precision  in its own dtype the gradient is as good as that dtype allows, and as JAX's own is
=========  ======================================================================================

Each has a verdict: *pass*; *fail*; *unavailable*, there was nothing to test (a `custom_vjp` has no
forward mode); *inconclusive*, it was tried and could not be decided, or another had failed before.
The last two say why.

*The counterexample* (`search`, `counterexample`). Hypothesis makes the failing point simple, under
the one property that failed: entries become 1, 2 and 0, for as long as it still fails. Of an array
too large for that the wrong block is found by halving. The Jacobian by differences beside that of
the rule suggests a cause, and a program of at most twelve lines shows the failure in plain JAX.
Of a NaN `counterexample.first_nonfinite` tells the equation that makes it.

What else there is: `check_rule` compares a rule with the automatic derivative of a plain twin;
`check_vjp`, `check_jvp`, `check_hvp`, `taylor_test` and `numerical_jvp` look at one point, without
Hypothesis; `compare_with_torch` holds a function against its twin on tensors; `arrays`, `dims` and
their kind (`strategies`) draw arguments; `plugin` is what pytest loads, and `command` is
`funcgrad check`. Here functions are of arrays: tensors and modules of `funcgrad.torch` translate
themselves (`__gradient_function__`), so nothing here knows the tape.

What it cannot see
------------------

float64 has nothing wider beside it: of a float64 function that loses digits, `precision` says
nothing. A callback into Python is run as it is, in its own dtype, with wider error bars. A function
that branches on values in Python cannot be traced: one of arrays fails `jit`, one of tensors is
called instead (`eager`), at fewer points. And a wrong rule may still hide where no point goes:
strategies say where to look.
"""

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
