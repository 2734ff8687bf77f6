"""Cases of `funcgrad.ops.contractions`."""

from ..table import call, case, given, real

DTYPES = "float32 bfloat16 int64 complex64"
INF = float("inf")


def einsum(torch):
    """The row takes the equation last."""
    return lambda operands, equation: torch.einsum(equation, *operands)


def linalg_cross(torch):
    """The row of `linalg.cross`, which differs from `cross` in its default dimension."""
    return torch.linalg.cross


def chained(torch):
    """PyTorch takes loose matrices."""
    return lambda matrices: torch.chain_matmul(*matrices)


case("einsum", call([real(2, 3), real(3, 4)], "ij,jk->ik"), call([real(2, 3)], "ij->ji"),
     call([real(2, 3), real(3)], "ij,j"), call([real(3, 3)], "ii"), call([real(3, 3)], "ii->i"),
     call([real(4, 2, 3), real(3, 5)], "...ij,...jk"), call([real(2, 3), real(1, 4)], "ij,jk->ik"),
     call([real(2, 3), real(3, 4), real(4, 2)], "ij,jk,kl->il"),
     call([real(4, 2, 3), real(4, 1, 1)], "b...,b...->..."), call([real(3), real(2)], "i,j -> ij"),
     dtypes=DTYPES, oracle=einsum,
     refused={"does not broadcast with previously seen size 3": call([real(2, 3), real(2, 3)],
                                                                    "ij,jk->ik"),
              "output subscript q does not appear": call([real(2, 3)], "ij->q"),
              "fewer operands were provided": call([real(2)], "i,j"),
              "does not match the number of dimensions": call([real(2)], "ij"),
              "invalid subscript given at index 1": call([real(2, 3)], "i1")},
     differs={"name": "PyTorch composes it of permutations, bmm and a view"})  # fmt: skip
case("tensordot", call(real(2, 3), real(3, 4), 1), call(real(2, 3), real(2, 3)),
     call(real(2, 3), real(4, 2), ((0,), (1,))), call(real(2, 3), real(2), 0), dtypes=DTYPES,
     refused={"contracted dimensions need to match": call(real(2, 3), real(2, 3), 1)})  # fmt: skip
case("cross", call(real(2, 3), real(2, 3)), call(real(3, 2), real(3, 2)), call(real(3), real(3)),
     call(real(3, 3), real(3, 3), 1), dtypes="float32 int64 complex64",
     refused={"no dimension of size 3": call(real(2), real(2)),
              "same number of dimensions": call(real(2, 3), real(3))})  # fmt: skip
case("linalg.cross", call(real(3, 3), real(3, 3)), dtypes="float32", oracle=linalg_cross)
case("cdist", *(call(real(2, 3), real(4, 3), p) for p in (2.0, 1.0, 3.0, INF)),
     kinks=[*(call(given([[1.0, 2.0]]), given([[1.0, 2.0], [1.0, 3.0]]), p)
              for p in (2.0, 1.0, 3.0, INF, 0.0))], dtypes="float32",
     refused={"must have the same number of columns": call(real(2, 3), real(4, 2)),
              "at least 2D tensors, X2 got: 1D": call(real(2, 3), real(3))},
     differs={"second": "PyTorch has none; ours is the derivative of the first"})  # fmt: skip
case("multi_dot", call([real(2, 3), real(3, 4), real(4, 2)]), dtypes="float32")
case("chain_matmul", call([real(2, 3), real(3, 4), real(4, 2)]), dtypes="float32",
     oracle=chained)  # fmt: skip
