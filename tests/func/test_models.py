"""Derivatives of modules, of `Function`s and of several arguments; as PyTorch's."""

import pytest
import torch as real

import funcgrad.torch as ours

from .outcomes import WARNINGS, agree, table

pytestmark = WARNINGS


@table
def programs(t, add):
    class Sq(t.autograd.Function):
        generate_vmap_rule = True

        @staticmethod
        def forward(x):
            return x * x

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(inputs[0])
            ctx.save_for_forward(inputs[0])

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return 2 * x * g

        @staticmethod
        def jvp(ctx, t):
            (x,) = ctx.saved_tensors
            return 2 * x * t

    x = t.tensor([0.5, -1.0, 2.0])
    X = t.tensor([[1.0, 2.0, 3.0], [-0.5, 0.25, 4.0]])

    @add
    def function_grad():
        return t.func.grad(lambda v: Sq.apply(v).sum())(x)

    @add
    def function_jvp():
        return t.func.jvp(Sq.apply, (x,), (x,))

    @add
    def function_vmap():
        return t.func.vmap(Sq.apply)(X)

    @add
    def function_jacfwd():
        return t.func.jacfwd(Sq.apply)(x)

    @add
    def function_hessian():
        return t.func.hessian(lambda v: Sq.apply(v).sum())(x)

    @add
    def function_jacrev2():
        return t.func.jacrev(t.func.jacrev(Sq.apply))(x)

    def mlp():
        t.manual_seed(0)
        return t.nn.Sequential(t.nn.Linear(3, 4), t.nn.Tanh(), t.nn.Linear(4, 2))

    @add
    def hessian_of_parameters():
        m = mlp()
        p = {k: v.detach() for k, v in m.named_parameters()}
        h = t.func.hessian(lambda p: t.func.functional_call(m, p, (X,)).pow(2).sum())(p)
        return h["0.bias"]["2.weight"]

    @add
    def tangent_kernel():
        m = mlp()
        p = {k: v.detach() for k, v in m.named_parameters()}

        def f(p, r):
            return t.func.functional_call(m, p, (r.unsqueeze(0),)).squeeze(0)

        j = t.func.vmap(t.func.jacrev(f), (None, 0))(p, X)
        return sum(t.einsum("Naf,Mbf->NMab", v.flatten(2), v.flatten(2)) for v in j.values())

    @add
    def tangent_kernel_by_columns():
        m = mlp()
        p = {k: v.detach() for k, v in m.named_parameters()}

        def f(p, r):
            return t.func.functional_call(m, p, (r.unsqueeze(0),)).squeeze(0)

        return t.func.vmap(t.func.jacfwd(f), (None, 0))(p, X)["0.weight"]

    @add
    def hvp():
        return t.func.jvp(t.func.grad(lambda v: (v**3).sum()), (x,), (t.ones(3),))[1]

    @add
    def hvp_in_reverse():
        return t.func.vjp(t.func.grad(lambda v: (v**3).sum()), x)[1](t.ones(3))

    @add
    def jvp_vjp():
        return t.func.jvp(lambda v: t.func.vjp(t.sin, v)[1](v * v)[0], (x,), (x,))

    @add
    def vjp_jvp():
        o, f = t.func.vjp(lambda v: t.func.jvp(t.sin, (v,), (v * v,))[1], x)
        return o, f(t.ones(3))

    @add
    def dropout():
        t.manual_seed(1)
        return t.func.vmap(
            lambda v: t.nn.functional.dropout(v * 2, 0.5) + t.nn.functional.dropout(v, 0.2),
            randomness="different",
        )(t.ones(3, 5))

    @add
    def batch_norm():
        m = t.nn.BatchNorm1d(3)
        t.func.replace_all_batch_norm_modules_(m)
        return t.func.vmap(m)(t.stack([X, X * 2])), m.running_mean

    @add
    def jacrev_of_two():
        return t.func.jacrev(lambda a, b: (a * b, a.sum()), argnums=(0, 1))(x, x * 2)

    @add
    def jacfwd_of_two():
        return t.func.jacfwd(lambda a, b: (a * b, a.sum()), argnums=(0, 1))(x, x * 2)

    @add
    def hessian_of_two():
        return t.func.hessian(lambda a, b: (a * b * b).sum(), argnums=(0, 1))(x, x * 2)

    @add
    def hessian_of_a_field():
        return t.func.hessian(lambda a: a**3)(x).shape

    @add
    def aux_jacrev():
        return t.func.jacrev(lambda a: (a * 2, a.sum()), has_aux=True)(x)

    @add
    def value_and_aux():
        return t.func.grad_and_value(lambda a: ((a * 2).sum(), {"k": a}), has_aux=True)(x)


@pytest.mark.parametrize("name", programs(real))
def test_as_pytorch(name):
    agree(programs(ours)[name], programs(real)[name])
