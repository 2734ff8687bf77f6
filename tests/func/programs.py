"""Programs of `torch.func`: what they are given, and the function, of the module that runs them."""

V = [0.5, -1.25, 2.0]
X = [[1.0, 2.0, -1.0], [0.5, -0.5, 3.0]]


def f(t):
    return lambda v: (v.sin() * v * v).sum()


def field(t):
    return lambda v: v.exp() * v.flip(0)


def along(t, function):
    """How a function moves along its argument's sine."""
    return lambda v: t.func.jvp(function, (v,), (v.sin(),))[1]


def edited(v):
    other = v * v
    other[1:].mul_(v[:-1])
    return other.exp()


PROGRAMS = {
    "grad": (V, lambda t: t.func.grad(f(t))),
    "grad grad": (V, lambda t: t.func.grad(lambda v: t.func.grad(f(t))(v).sum())),
    "jacrev": (V, lambda t: t.func.jacrev(field(t))),
    "jacrev jacrev": (V, lambda t: t.func.jacrev(t.func.jacrev(field(t)))),
    "hessian": (V, lambda t: t.func.hessian(f(t))),
    "value": (V, lambda t: lambda v: t.func.grad_and_value(f(t))(v)[1]),
    "aux": (V, lambda t: lambda v: t.func.grad(lambda u: (f(t)(u), u * 2), has_aux=True)(v)[1]),
    "argnums": (V, lambda t: lambda v: t.func.grad(lambda a, b: (a * b * b).sum(), (1,))(v, v)[0]),
    "vjp": (V, lambda t: lambda v: t.func.vjp(field(t), v)[1](v)[0]),
    "grad of vjp": (
        V,
        lambda t: t.func.grad(lambda v: t.func.vjp(field(t), v)[1](v)[0].sum()),
    ),
    "detach": (V, lambda t: t.func.grad(lambda v: (v.detach() * v).sum())),
    "unused": (V, lambda t: t.func.grad(lambda v: t.ones(()))),
    "in place": (V, lambda t: t.func.grad(lambda v: v.clone().mul_(v).sum())),
    "vmap": (X, lambda t: t.func.vmap(field(t))),
    "vmap out": (X, lambda t: t.func.vmap(field(t), out_dims=1)),
    "vmap in": (X, lambda t: t.func.vmap(lambda v: v * v.sum(), in_dims=1)),
    "vmap grad": (X, lambda t: t.func.vmap(t.func.grad(f(t)))),
    "vmap hessian": (X, lambda t: t.func.vmap(t.func.hessian(f(t)))),
    "vmap vmap": (X, lambda t: t.func.vmap(t.func.vmap(lambda a: a.sin() * a))),
    "vmap jacrev": (X, lambda t: t.func.vmap(t.func.jacrev(field(t)))),
    "grad vmap": (X, lambda t: t.func.grad(lambda m: t.func.vmap(f(t))(m).sum())),
    "captured": (
        V,
        lambda t: t.func.grad(lambda v: t.func.vmap(lambda a: (a * v**3).sum())(t.tensor(X)).sum()),
    ),
    "hessian vmap": (
        V,
        lambda t: t.func.jacrev(
            t.func.grad(lambda v: t.func.vmap(lambda a: (a * v**3).sum())(t.tensor(X)).sum())
        ),
    ),
    "jvp": (V, lambda t: lambda v: t.func.jvp(field(t), (v,), (t.tensor(V),))[1]),
    "jvp value": (V, lambda t: lambda v: t.func.jvp(field(t), (v,), (t.tensor(V),))[0]),
    "jvp jvp": (V, lambda t: along(t, along(t, field(t)))),
    "jvp jvp jvp": (V, lambda t: along(t, along(t, along(t, field(t))))),
    "jvp along itself": (
        V,
        lambda t: along(t, lambda v: t.func.jvp(lambda u: (u * u * v).sin(), (v,), (v * v,))[1]),
    ),
    "jvp aux": (
        V,
        lambda t: lambda v: t.func.jvp(lambda u: (u * u, u * 2), (v,), (v,), has_aux=True)[2],
    ),
    "jvp in place": (V, lambda t: along(t, along(t, lambda v: v.clone().mul_(v.sin()).exp_()))),
    "jvp of a view's edit": (V, lambda t: along(t, along(t, edited))),
    "jvp grad": (V, lambda t: along(t, t.func.grad(f(t)))),
    "jvp jvp grad": (V, lambda t: along(t, along(t, t.func.grad(f(t))))),
    "grad jvp": (V, lambda t: t.func.grad(lambda v: along(t, field(t))(v).sum())),
    "grad jvp grad": (V, lambda t: t.func.grad(lambda v: along(t, t.func.grad(f(t)))(v).sum())),
    "jvp vmap": (X, lambda t: lambda m: t.func.jvp(t.func.vmap(f(t)), (m,), (m.cos(),))[1]),
    "jvp jvp vmap": (
        X,
        lambda t: (
            lambda m: t.func.jvp(
                lambda n: t.func.jvp(t.func.vmap(field(t)), (n,), (n.cos(),))[1], (m,), (m.sin(),)
            )[1]
        ),
    ),
    "vmap jvp": (X, lambda t: t.func.vmap(along(t, field(t)))),
    "vmap jvp jvp": (X, lambda t: t.func.vmap(along(t, along(t, field(t))))),
    "jacfwd jacrev vmap": (
        X,
        lambda t: t.func.hessian(lambda n: t.func.vmap(f(t))(n).cos().sum()),
    ),
    "jvp grad jvp vmap": (
        X,
        lambda t: along(t, t.func.grad(lambda m: along(t, t.func.vmap(f(t)))(m).sum())),
    ),
    "jacfwd": (V, lambda t: t.func.jacfwd(field(t))),
    "jacfwd jacfwd": (V, lambda t: t.func.jacfwd(t.func.jacfwd(field(t)))),
    "jacfwd jacrev": (V, lambda t: t.func.jacfwd(t.func.jacrev(field(t)))),
    "jacrev jacfwd": (V, lambda t: t.func.jacrev(t.func.jacfwd(field(t)))),
    "jacfwd of three": (V, lambda t: t.func.jacfwd(t.func.jacfwd(t.func.jacfwd(f(t))))),
    "jacfwd argnums": (
        V,
        lambda t: lambda v: t.func.jacfwd(lambda a, b: a * b.sin(), (1, 0))(v, v * 2)[0],
    ),
    "jacfwd tree": (
        V,
        lambda t: lambda v: t.func.jacfwd(lambda d: {"y": d["x"] ** 2 * v})({"x": v})["y"]["x"],
    ),
    "jacfwd aux": (V, lambda t: lambda v: t.func.jacfwd(lambda u: (u * u, u * 3), 0, True)(v)[1]),
    "jacfwd of a row": (X, lambda t: t.func.jacfwd(lambda m: m.sin().sum(1))),
    "vmap jacfwd": (X, lambda t: t.func.vmap(t.func.jacfwd(field(t)))),
    "hessian hessian": (V, lambda t: lambda v: t.func.hessian(t.func.hessian(f(t)))(v[:2])[0]),
    "jacrev chunks": (V, lambda t: t.func.jacrev(field(t), chunk_size=2)),
    "jacrev unused": (V, lambda t: t.func.jacrev(lambda v: t.ones(2))),
    "jacrev of nothing": (V, lambda t: t.func.jacrev(lambda v: v[:0] * v.sum())),
    "captured tangent": (
        V,
        lambda t: along(t, lambda v: t.func.vmap(lambda a: (a * v**3).sum())(t.tensor(X))),
    ),
    "linearize": (V, lambda t: lambda v: t.func.linearize(field(t), v)[0]),
    "linearize push": (V, lambda t: lambda v: t.func.linearize(field(t), v)[1](t.tensor(V))),
    "functionalize": (V, lambda t: t.func.functionalize(lambda v: v.clone().view(-1).add_(1))),
    "vmap chunks": (X, lambda t: t.func.vmap(field(t), chunk_size=1)),
    "vmap chunks out": (X, lambda t: t.func.vmap(f(t), in_dims=1, chunk_size=2)),
    "vmap out none": (
        X,
        lambda t: lambda m: t.func.vmap(lambda a: (a, t.ones(2)), out_dims=(0, None))(m)[1],
    ),
    "torch.vmap": (X, lambda t: t.vmap(field(t))),
    "none": (
        X,
        lambda t: lambda m: t.func.vmap(lambda a, b: a * b, in_dims=(0, None))(m, t.tensor(V)),
    ),
}
