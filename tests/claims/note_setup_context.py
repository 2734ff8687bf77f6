"""Extending PyTorch: `forward` without a context, and `setup_context`."""

from .claim import Note, failure, leaf
from .note_functions import scaled

note = Note("Extending torch.autograd")
claim, error = note.claim, note.error

LEFT_OUT = {
    "torch.func over a Function": "jax.vmap and jax.grad are the way here",
}

note.section("Combined or separate forward and setup_context")


@claim
def setup_context_gets_inputs_and_output(torch):
    """forward without ctx; the second method sees all arguments as a tuple."""
    seen = []

    def forward(x, k):
        return x * k

    def setup_context(ctx, inputs, output):
        seen.append((type(inputs).__name__, len(inputs), output.detach()))
        ctx.k = inputs[1]

    x = leaf(torch, 1.0)
    made = scaled(torch, forward=forward, setup_context=setup_context)
    made.apply(x, 4.0).sum().backward()
    return seen, x.grad


@claim
def functions_cannot_be_instantiated_usefully(torch):
    """Their methods are static; an instance is only a warning."""
    import warnings

    made = scaled(torch)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        made()
    return [w.category.__name__ for w in caught], failure(lambda: made()(1.0))
