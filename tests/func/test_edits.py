"""Edits in place, views, modes, dtypes and kinks inside of transforms; as PyTorch's."""

import numpy as np
import pytest
import torch as real

import funcgrad.torch as ours

from .outcomes import WARNINGS, agree, table

pytestmark = WARNINGS


@table
def programs(t, add):
    x = t.tensor([0.5, -1.0, 2.0])
    X = t.tensor([[1.0, 2.0, 3.0], [-0.5, 0.25, 4.0]])

    @add
    def linearize_a_tree():
        o, f = t.func.linearize(lambda d: {"a": d["x"].sin(), "b": d["x"].sum()}, {"x": x})
        return o, f({"x": t.ones(3)})

    @add
    def linearize_in_a_graph():
        return t.func.linearize(lambda v: v.sin(), x)[1](t.ones(3, requires_grad=True))

    @add
    def complex_numbers():
        z = t.tensor([1 + 2j, 3 - 1j])
        return t.func.jvp(lambda z: z * z, (z,), (t.ones(2, dtype=t.complex64),))

    @add
    def double():
        return t.func.jacfwd(lambda v: v.exp())(x.double())

    @add
    def an_integer_argument():
        return t.func.jacfwd(lambda v, i: v[i], argnums=0)(x, t.tensor([0, 2]))

    @add
    def nograd_inside():
        def f(v):
            with t.no_grad():
                c = v * v
            return (v * c).sum()

        return t.func.grad(f)(x), t.func.jvp(f, (x,), (x,))

    @add
    def detach_inside():
        return t.func.jvp(lambda v: v.detach() * v, (x,), (x,))

    @add
    def nograd_outside():
        with t.no_grad():
            return (
                t.func.grad(lambda v: (v * v).sum())(x),
                t.func.jvp(lambda v: v * v, (x,), (x,)),
                t.func.jacfwd(t.sin)(x),
            )

    @add
    def outside_param():
        w = t.tensor([1.0, 2.0, 3.0], requires_grad=True)
        value, tangent = t.func.jvp(lambda v: v * w * v, (x,), (x,))
        tangent.sum().backward()
        return value, tangent, w.grad

    @add
    def outside_param_jacfwd():
        w = t.tensor([1.0, 2.0, 3.0], requires_grad=True)
        j = t.func.jacfwd(lambda v: v * w * v)(x)
        j.sum().backward()
        return j, w.grad

    @add
    def vmap_kwargs():
        return t.func.vmap(lambda v, s=None: v * s.sum())(X, s=X)

    @add
    def vmap_dict():
        return t.func.vmap(lambda d: {"y": d["a"].sum()}, in_dims=({"a": 1},))({"a": X})

    @add
    def vmap_neg():
        return t.func.vmap(lambda v: v * 2, in_dims=-1, out_dims=-1)(X)

    @add
    def vmap_cond():
        return t.func.vmap(lambda v: t.where(v > 0, v, -v))(X)

    @add
    def vmap_int():
        return t.func.vmap(lambda v: v.argmax())(X)

    @add
    def vmap_inplace():
        a = X.clone()
        t.func.vmap(lambda v: v.add_(1))(a)
        return a

    @add
    def vmap_setitem():
        def f(v):
            z = t.zeros_like(v)
            z[0] = v.sum()
            return z

        return t.func.vmap(f)(X)

    @add
    def vmap_linear():
        t.manual_seed(0)
        return t.func.vmap(t.nn.Linear(3, 2))(X)

    @add
    def vmap_mm():
        return t.func.vmap(t.mm, in_dims=(0, None))(t.ones(2, 3, 4), t.ones(4, 2))

    @add
    def vmap_conv():
        t.manual_seed(0)
        w = t.randn(2, 1, 1, 3, 3)
        return t.func.vmap(lambda w: t.nn.functional.conv2d(t.ones(1, 1, 4, 4), w))(w).shape

    @add
    def out_const():
        return t.func.vmap(lambda a: (a.sum(), 3), out_dims=(0, None))(X)

    @add
    def view_arg():
        return t.func.jvp(lambda a: a.t().reshape(-1)[1:], (X,), (X,))

    @add
    def inplace_arg():
        a = x.clone()
        r = t.func.jvp(lambda v: v.mul_(2), (a,), (t.ones(3),))
        return r, a

    @add
    def inplace_arg_grad():
        def f(v):
            u = v * 1
            u.mul_(v)
            return u.sum()

        return t.func.grad(f)(x)

    @add
    def half():
        return t.func.jvp(lambda v: v * v, (x.half(),), (x.half(),))

    @add
    def norm_at_zero():
        return t.func.jvp(lambda v: v.norm(), (t.zeros(3),), (t.ones(3),)), t.func.grad(
            lambda v: v.norm()
        )(t.zeros(3))

    @add
    def abs_at_zero():
        return t.func.jvp(t.abs, (t.zeros(1),), (t.ones(1),))

    @add
    def relu_at_zero():
        return t.func.jvp(t.nn.functional.relu, (t.zeros(1),), (t.ones(1),))

    @add
    def ties():
        return t.func.jvp(lambda v: v.max(), (t.ones(3),), (t.tensor([1.0, 2.0, 3.0]),))

    @add
    def sorted():
        return t.func.jvp(lambda v: v.sort()[0], (x,), (t.tensor([1.0, 2.0, 3.0]),))

    @add
    def twice():
        _, f = t.func.vjp(t.exp, x)
        return f(t.ones(3)), f(x)

    @add
    def jvp_nested_dict():
        return t.func.jvp(lambda d, e: {"q": d["a"] * e[0]}, ({"a": x}, (x,)), ({"a": x}, (x * 2,)))

    @add
    def edit_in_a_graph():
        a = X.clone().requires_grad_()
        b = a * 2
        t.func.vmap(lambda v: v.mul_(v))(b)
        b.sum().backward()
        return b, a.grad

    @add
    def edit_of_a_leaf():
        a = X.clone().requires_grad_()
        return t.func.vmap(lambda v: v.mul_(v))(a)

    @add
    def edit_along_an_axis():
        a = X.clone()
        r = t.func.vmap(lambda v: v.mul_(v.sum()), in_dims=1)(a)
        return a, r

    @add
    def edit_of_one_of_two():
        a = X.clone()
        b = X.clone()
        r = t.func.vmap(lambda v, w: w.add_(v).sum())(a, b)
        return a, b, r

    @add
    def edit_of_a_view():
        a = X.clone()
        r = t.func.vmap(lambda v: v[1:].mul_(3).sum())(a)
        return a, r

    @add
    def edit_and_tangents():
        def f(m):
            m = m * 1
            t.func.vmap(lambda v: v.mul_(v))(m)
            return m

        return t.func.jvp(f, (X,), (X,)), t.func.grad(lambda m: f(m).sum())(X)

    @add
    def edit_in_chunks():
        a = X.clone()
        t.func.vmap(lambda v: v.add_(1), chunk_size=1)(a)
        return a


@pytest.mark.parametrize("name", programs(real))
def test_as_pytorch(name):
    agree(programs(ours)[name], programs(real)[name])


def test_compiled_functions_inside_and_outside():
    x, rows = ours.tensor([0.5, -1.0, 2.0]), ours.ones(2, 3)
    square = ours.compile(lambda v: v * v)
    assert ours.func.grad(lambda v: square(v).sum())(x).tolist() == [1, -2, 4]
    assert ours.func.vmap(square)(rows).tolist() == rows.tolist()
    assert ours.func.jvp(square, (x,), (x,))[1].tolist() == [0.5, 2, 8]

    def cube(u):
        return (u**3).sum()

    def several(v):
        slopes = ours.func.vmap(ours.func.grad(lambda r: (r * r).sum()))(rows * v)
        return ours.func.jvp(ours.sin, (v,), (v,))[1], slopes, ours.func.hessian(cube)(v)

    compiled = ours.compile(several, fullgraph=True)
    compiled(x * 3)
    for one, two in zip(compiled(x), several(x), strict=True):
        np.testing.assert_allclose(one.numpy(), two.numpy(), rtol=1e-6)


def test_an_edit_of_what_is_not_mapped_is_refused():
    with pytest.raises(RuntimeError, match="no axis for the examples"):
        ours.func.vmap(lambda v, w: w.add_(v), in_dims=(0, None))(ours.ones(2, 3), ours.ones(3))
