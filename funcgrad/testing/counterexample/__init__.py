"""The words for a failure: what seems to be wrong, a program that shows it, where a NaN was made.

A verdict alone sends its reader back to the paper. A counterexample carries three answers more.

- `cause` looks at the Jacobian by differences beside the Jacobian by the rule, entry by entry, and
  says what one is to the other: twice as large, transposed, without the second argument, right but
  for the negative entries. It says what it rests on, and where it sees nothing it says nothing.
- `source` writes a program of at most twelve lines that fails in plain JAX, for an issue or for a
  debugger: without funcgrad, with the arguments bit for bit.
- `first_nonfinite` runs the traced function one equation at a time, and names the one that made the
  NaN, with its operands and the line it was written on.

>>> import jax
>>> import jax.numpy as jnp
>>> from funcgrad.testing.counterexample import first_nonfinite
>>> safe_sqrt = lambda x: jnp.where(x > 0, jnp.sqrt(x), 0.0)
>>> found = first_nonfinite(jax.grad(safe_sqrt), 0.0)
>>> found.text, found.inputs, found.origin.text, found.origin.inputs
('h = mul g d', ('0.0', 'inf'), 'd = div 0.5 c', ('0.5', '0.0'))
"""

from funcgrad.testing.counterexample.diagnosis import cause as cause
from funcgrad.testing.counterexample.equation import Equation as Equation
from funcgrad.testing.counterexample.equations import first_nonfinite as first_nonfinite
from funcgrad.testing.counterexample.reproducer import source as source
