"""How large the numbers are that a program works with."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from funcgrad.testing.extent import extent

X = np.float32([0.5, -3.0])


@pytest.mark.parametrize(
    ("function", "largest"),
    [
        (lambda x: jnp.sin(1000 * x), 3000.0),
        (lambda x: (x + 1e5) - 1e5, 1e5),
        (lambda x: jax.jit(lambda x: jnp.exp(100 * x))(x).sum(), np.exp(50.0)),
        (lambda x: jnp.log(jnp.zeros(2)) * x, 3.0),  # what is not finite does not count
        (lambda x: jnp.argmax(x) * 7, 3.0),  # nor integers
    ],
)
def test_the_largest_number_on_the_way(function, largest):
    program = jax.make_jaxpr(function)(X)
    with jax.enable_x64(True):
        assert jax.jit(extent(program))(np.float64(X)) == pytest.approx(largest, rel=1e-4)
