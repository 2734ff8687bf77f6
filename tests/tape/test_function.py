"""`autograd.Function`: where its node leads, and gradients of other shapes than their operands."""

import pytest

import funcgrad.torch as ours


def scaled(torch, gradient=lambda g: 2 * g):
    """x · factor + y, with a gradient of x that may be of any shape."""

    class Scaled(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, factor, y):
            return x * factor + y

        @staticmethod
        def backward(ctx, g):
            return gradient(g), None, g

    return Scaled.apply


@pytest.mark.parametrize("follows", [(True, False), (False, True)])
def test_its_node_leads_to_its_tensors_only(follows, oracle):
    def origins(torch):
        x, y = (torch.ones(1, requires_grad=follow) for follow in follows)
        result = scaled(torch)(x, 2.0, y)
        found = [(node is not None, i) for node, i in result.grad_fn.next_functions]
        result.backward()
        return found, repr(x.grad), repr(y.grad)

    assert origins(ours) == origins(oracle)


GRADIENTS = {  # by name: the shape of x, and that of its gradient
    "equal": ((2, 3), (2, 3)),
    "further axes are summed": ((3,), (4, 2, 3)),
    "an axis of one is summed": ((2, 1), (2, 3)),
    "both": ((1, 3), (4, 2, 3)),
    "too small": ((2, 3), (3,)),
    "another length": ((2, 3), (2, 4)),
}


@pytest.mark.parametrize("name", GRADIENTS)
def test_a_gradient_of_another_shape_is_summed_or_refused(name, oracle):
    shape, returned = GRADIENTS[name]

    def outcome(torch):
        x = torch.ones(shape, requires_grad=True)
        count = 1
        for n in returned:
            count *= n
        gradient = torch.arange(count).reshape(returned).float()
        result = scaled(torch, lambda g: gradient)(x, 2.0, torch.ones(shape))
        try:
            result.sum().backward()
        except RuntimeError as error:
            return str(error)
        return repr(x.grad)

    assert outcome(ours) == outcome(oracle)
