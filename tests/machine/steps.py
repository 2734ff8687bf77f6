"""The steps that random programs are made of: lines of source, with places for tensors and numbers.

A line runs as it stands on PyTorch and on ours, and what fails is a program that anyone can paste.
The places are filled by `filling`:

    {new}    a new name                         {a}     a tensor that the step is for
    {b}      one that goes with `a` by shape    {s}     one that fits into `a` by shape
    {same}   one of `a`'s shape                 {leaf}  one that requires grad
    {k}      a number                           {d}     a dim of `a`, maybe counted from the end
    {i}      a place along its first dim        {j}     one along its last
    {data}   what a tensor is made of           {mode}  a grad mode
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

DATA = (
    "2.0, dtype=torch.float64",
    "[1.0, -2.0, 3.0], dtype=torch.float64",
    "[[1.0, 2.0, -1.0], [0.5, -3.0, 0.0]], dtype=torch.float64",
    "[[3.0, -1.0], [2.0, 1.0]], dtype=torch.float64",
    "[1.0, 2.0, -0.5]",
    "[1.0 + 2.0j, -1.0j, 0.5], dtype=torch.complex128",
    "[1.5, -0.5, 2.0], dtype=torch.bfloat16",
)
CONSTANTS = (
    *DATA,
    "[2, 0, 1]",
    "3",
    "[[True, False, True], [False, True, True]]",
    "[1, 2, 250], dtype=torch.uint8",
)
NUMBERS = ("2.0", "-1", "3", "0.5", "True", "0", "1j")
MODES = (
    "torch.no_grad()",
    "torch.enable_grad()",
    "torch.set_grad_enabled(False)",
    "torch.inference_mode()",
)


def lies_plainly(t: Any) -> bool:
    """Whether its memory, or that of what it is a view of, is in C order.

    PyTorch keeps the order of operands in results, `x.t() * 2` say; ours are always in C order.
    Of views of inference tensors nobody knows.
    """
    if t.is_inference():
        return False
    return t.is_contiguous() if t._base is None else t._base.is_contiguous()


@dataclass(frozen=True)
class Step:
    """A line, and which tensors it is for."""

    line: str
    when: Callable[[Any], bool] = lambda t: True


def _inexact(t: Any) -> bool:
    return t.is_floating_point() or t.is_complex()


def _real(t: Any) -> bool:
    return not t.is_complex()


def _signed(t: Any) -> bool:
    return t.is_floating_point()


def _deep(t: Any) -> bool:
    return t.dim() > 0 and t.numel() > 0


def _flat(t: Any) -> bool:
    return t.dim() <= 2


def _several(t: Any) -> bool:
    """Of one, in PyTorch, the gradient depends on it if it is 0.

    And a recorded gradient leads through the product there, so that it runs the graph once more.
    """
    return not t.requires_grad and (t.dim() == 0 or t.numel() > 1)


def _wide(t: Any) -> bool:
    return t.dim() >= 2


def _ordered(t: Any) -> bool:
    return _deep(t) and _real(t)


def _mild(t: Any) -> bool:
    return t.is_floating_point() and bool((t.detach().abs() < 4).all())


def _has_grad(t: Any) -> bool:
    return t.requires_grad and t.is_leaf and t.grad is not None


def _any(t: Any) -> bool:
    return True


def _placed(t: Any) -> bool:
    """Where a hook can be registered; where not, PyTorch takes a second one without an error."""
    return t.grad_fn is None or t.requires_grad  # asking raises


def _tracked(t: Any) -> bool:
    return t.requires_grad and _placed(t)


def _table(**groups: Any) -> tuple[Step, ...]:
    conditions = {
        "any": _any, "deep": _deep, "inexact": _inexact, "real": _real, "signed": _signed,
        "flat": _flat, "wide": _wide, "ordered": _ordered, "mild": _mild, "has_grad": _has_grad,
        "plain": lies_plainly, "deep_and_plain": lambda t: _deep(t) and lies_plainly(t),
        "several": _several, "complex_": lambda t: t.is_complex(),
        "tracked": lambda t: t.requires_grad,
        "placed": _placed, "followed": _tracked,
    }  # fmt: skip
    return tuple(Step(line, conditions[name]) for name, lines in groups.items() for line in lines)


BUILD = _table(
    any=(
        "{new} = torch.tensor({data}, requires_grad=True)",
        "{new} = torch.tensor({data}, requires_grad=True)",
        "{new} = torch.tensor({data})",
        "{new} = torch.tensor({constant})",
        "{new} = torch.arange(6, dtype=torch.float64).reshape(2, 3)",
        "{new} = torch.zeros_like({a})",
        "{new} = {a}.new_ones({a}.shape)",
        "{new} = copy.deepcopy({a})",
        "{new} = {a}.detach().clone()",
    ),
    inexact=(
        "{new} = torch.ones_like({a}, requires_grad=True)",
        "{new} = {a}.detach().clone().requires_grad_()",
        "{new} = torch.nn.Parameter({a}.detach())",
    ),
)

COMPUTE = _table(
    any=(
        "{new} = {a} + {b}", "{new} = {a} - {b}", "{new} = {a} * {b}", "{new} = {a} * {a}",
        "{new} = {a} * {a}.detach()", "{new} = {a} + {k}", "{new} = {k} * {a}",
        "{new} = {k} - {a}", "{new} = -{a}", "{new} = {a} / 2", "{new} = {a} ** 2",
        "{new} = {a}.clone()", "{new} = {a}.sum()",
        "{new} = {a}.abs()", "{new} = torch.add({a}, {b}, alpha=2)", "{new} = {a} == {b}",
        "{new} = torch.addcmul({a}, {b}, {a})", "{new} = torch.stack([{a}, {same}])",
        "{new} = {a}.double()", "{new} = {a}.float()",
        "{new} = {a}.to(torch.complex128)", "{new} = {a}.to({b}.dtype)", "{new} = {a}.type_as({b})",
        "{new} = torch.where({a} == {b}, {a}, {b})", "{new} = {a}.expand_as({a}) + 0",
        "{new} = {a}.tolist() and torch.tensor({a}.tolist())",
        "{new} = checkpoint(lambda t: t * t + {k}, {a}, use_reentrant=False)",
        "{new} = Cube.apply({a})", "{new} = Parted.apply({a})[0]",
    ),
    several=("{new} = {a}.prod()",),
    real=(
        "{new} = {a}.clamp(-1, 1)", "{new} = torch.maximum({a}, {same})", "{new} = {a}.relu()",
        "{new} = {a} > {b}", "{new} = {a}[{a} > 0]", "{new} = torch.where({a} > 0, {a}, {b})",
        "{new} = {a}.bool()", "{new} = {a}.long()",
    ),
    deep=(
        "{new} = {a}.sum({d})", "{new} = {a}.sum({d}, keepdim=True)", "{new} = {a}.cumsum({d})",
        "{new} = {a}.flip({d})", "{new} = {a}.roll(1, {d})", "{new} = torch.cat([{a}, {same}])",
        "{new} = {a}[[0, -1]]", "{new} = {a}.index_select({d}, torch.tensor([0, 0]))",
        "{new} = {a}.take(torch.tensor([0, -1]))", "{new} = {a}[torch.tensor([0, 0])] * 2",
        "{new} = {a} @ {a}.t()", "{new} = torch.dot({a}, {same})",
    ),
    ordered=(
        "{new} = {a}.max()", "{new} = {a}.max({d}).values", "{new} = {a}.amax({d})",
        "{new}, {other} = {a}.sort({d})", "{new}, {other} = {a}.min({d})",
        "{new} = {a}.argmax()",
    ),
    inexact=("{new} = {a}.mean()", "{new} = {a}.square().mean()"),
    mild=("{new} = {a}.exp()", "{new} = {a}.sigmoid()", "{new} = {a}.tanh()",
          "{new} = torch.nn.functional.softplus({a})"),
    complex_=("{new} = {a}.abs()", "{new} = ({a} * {a}.conj()).real", "{new} = {a}.angle()"),
)  # fmt: skip

VIEW = _table(
    deep=(
        "{new} = {a}[{i}]", "{new} = {a}[{i}:]", "{new} = {a}[..., {j}]", "{new} = {a}[::2]",
        "{new} = {a}.narrow({d}, 0, 1)", "{new} = {a}.unbind({d})[0]", "{new} = {a}.select({d}, 0)",
        "{new} = {a}.chunk(2, {d})[0]", "{new} = {a}.split(1)[{i}]",
        "{new}, {other} = {a}.split([1, {a}.shape[0] - 1])", "{new} = {a}.tensor_split(2)[1]",
        "{new} = {a}.swapaxes(0, {d})", "{new} = {a}.unfold(0, 2, 2)",
    ),
    any=(
        "{new} = {a}[None]", "{new} = {a}[...]",
        "{new} = {a}.expand(2, *{a}.shape)", "{new} = {a}.unsqueeze(0)", "{new} = {a}.squeeze()",
        "{new} = {a}.detach()", "{new} = {a}.view_as({a})",
        "{new} = {a}.to({a}.dtype)",
        "{new} = {a}.view({a}.shape)", "{new} = {a}.conj()",
        "{new} = {a}.mT", "{new} = {a}.real",
    ),
    inexact=("{new} = {a}.data",),  # indices edited unseen may come twice in a gradient
    flat=("{new} = {a}.t()", "{new} = {a}.T"),
    wide=(
        "{new} = {a}.transpose(0, -1)", "{new} = {a}.diagonal()", "{new} = {a}.movedim(0, -1)",
        "{new} = {a}.diagonal(1)",
    ),
    complex_=("{new} = {a}.imag", "{new} = torch.view_as_real({a})"),
    plain=(
        "{new} = {a}.view(-1)", "{new} = {a}.reshape(-1)", "{new} = {a}.flatten()",
        "{new} = {a}.contiguous()",
    ),
)  # fmt: skip

EDIT = _table(
    any=(
        "{a}.add_({s})", "{a}.sub_({s})", "{a}.mul_({s})", "{a}.mul_(2)", "{a}.neg_()",
        "{a}.zero_()", "{a}.fill_({k})", "{a}.copy_({s})", "{a} += {s}", "{a} *= {k}",
        "{a}.pow_(2)", "{a}.addcmul_({s}, {s})", "{a}.masked_fill_({a} == 1, 2)",
        "{a}.requires_grad_()", "{a}.requires_grad_(False)", "{a}.detach_()",
        "{a}.detach().zero_()", "{a}.data = {same}.data", "torch.add({a}, {s}, out={same})",
        "{a}.t_()", "{a}.squeeze_()", "{a}.unsqueeze_(0)", "{new} = Doubled.apply({a})",
        "{new} = {a}.mul_(2)", "{a}.masked_fill_({a} == {b}, {k})", "{a}.requires_grad = True",
    ),
    real=("{a}.clamp_(-1, 1)", "{a}.relu_()", "{a}[{a} > 0] = 0", "{a}.masked_fill_({a} > 1, 0)"),
    deep=(
        "{a}[{i}] = {k}", "{a}[{i}] = {s}", "{a}[{i}:] = {k}", "{a}[..., {j}] *= 2",
        "{a}[{i}] += {k}", "{a}[[0, -1]] = {k}", "{a}[...] = {s}", "{a}[{i}].mul_(2)",
        "{a}[{i}:].zero_()",
        "{a}.index_fill_({d}, torch.tensor([0]), 1)", "{a}[:, {j}] = {k}",
        "{a}.transpose_(0, -1)", "{a}.t().mul_(2)", "{a}.unbind(0)[0].mul_(2)",
        "{a}.scatter_(0, torch.zeros_like({a}, dtype=torch.long), 2)", "{a}.cumsum_(0)",
    ),
    signed=("{a}.abs_()", "{a}.lerp_({same}, 0.5)", "{a}.div_(2)"),
    mild=("{a}.exp_()", "{a}.sigmoid_()", "{a}.tanh_()"),
    plain=("{a}.view(-1)[0] = {k}", "{a}.view(-1).mul_(2)"),
    deep_and_plain=("{a}.index_add_(0, torch.tensor([0]), {a}[:1].detach())",),
    has_grad=("{a}.grad.zero_()", "{a}.grad = None", "{a}.grad.mul_(2)", "{new} = {a}.grad"),
    inexact=("{a}.grad = torch.ones_like({a})", "{a}.grad = {same}", "{a}.data.mul_(2)"),
)  # fmt: skip

GRADIENT = _table(
    tracked=(
        "{a}.backward(weights({a}))", "{a}.sum().backward()",
        "{a}.backward(weights({a}), retain_graph=True)",
        "{a}.backward(weights({a}), create_graph=True)",
        "{a}.backward(weights({a}), inputs=[{leaf}])",
        "({a} * {a}.detach()).sum().backward()",
        "torch.autograd.grad({a}, {leaf}, weights({a}), allow_unused=True)",
        "{new} = torch.autograd.grad({a}, {leaf}, weights({a}), create_graph=True)[0].clone()",
        "{new} = torch.autograd.grad({a}, {leaf}, weights({a}), materialize_grads=True)[0] * 1",
        "torch.autograd.backward([{a}, {leaf}], [weights({a}), weights({leaf})])",
        "torch.autograd.grad({a}, {leaf}, weights({a}), retain_graph=True)",
        "{a}.backward(weights({a}), create_graph=True, inputs=[{leaf}])",
        "{new} = torch.autograd.grad({a}, {leaf}, weights({a}), create_graph=True)[0] * {leaf}",
        "{new} = torch.autograd.grad({a}, {a}, weights({a}), create_graph=True)[0] * {a}",
    ),
    any=("{a}.backward()",),
)  # fmt: skip

HOOK = _table(
    placed=(
        "hooks.append({a}.register_hook(lambda g: g * 2))",
        "hooks.append({a}.register_hook(lambda g: note('{a}', g)))",
        "hooks.append({a}.register_post_accumulate_grad_hook(lambda t: note('after', t.grad)))",
        "{a}.retain_grad()",
        "hooks.pop().remove()",
    ),
    followed=(
        "hooks.append({a}.register_hook(lambda g: note('{a}', g)))",
        "hooks.append({a}.grad_fn.register_hook(lambda i, o: note('node', *i, *o)))",
        "hooks.append({a}.grad_fn.register_prehook(lambda o: tuple(2 * g for g in o)))",
    ),
)

MODE = (
    Step("modes.append({mode}); modes[-1].__enter__()"),
    Step("modes.pop().__exit__(None, None, None)"),
    Step("modes.pop().__exit__(None, None, None)"),
    Step("with torch.no_grad(): {a}.add_({s})"),
    Step("with torch.no_grad(): {a}.mul_(2)"),
    Step("with torch.no_grad(): {new} = {a} * 2"),
    Step("with torch.no_grad(): {new} = {a}.view({a}.shape)"),
    Step("with torch.inference_mode(): {new} = {a} * 2"),
    Step("del {a}"),
)
