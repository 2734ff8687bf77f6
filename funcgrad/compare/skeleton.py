"""Read an example without running it.

The parent process never imports an example, for that would import JAX: whatever it needs to list,
schedule and print one is read off the syntax tree.
"""

import ast
from dataclasses import dataclass
from pathlib import Path

from funcgrad.compare.errors import UsageError
from funcgrad.compare.excerpt import excerpt, top_level

SKELETON = '''\
"""Title in one line.

The idea in a few sentences.
"""

import jax
import numpy as np

SOURCE = "where it comes from"
NOTE = "What differs between the two styles."
EXPECTED = {"y": 16.0, "gradient": 8.0}
# optional: TOLERANCE, PRECISION, QUICK, EXPECTED_IN_FULL, step_style(torch, scan), figures(results)


def inputs(seed=0):
    return {"x": np.float32(4.0)}


@jax.jit
def jax_style(x):
    y, gradient = jax.value_and_grad(lambda x: x**2)(x)
    return {"y": y, "gradient": gradient}


def pytorch_style(torch, x):
    x = torch.tensor(x, requires_grad=True)
    y = x**2
    y.backward()
    return {"y": y, "gradient": x.grad}
'''

FUNCTIONS = ("inputs", "jax_style", "pytorch_style")
PRECISIONS = ("float32", "float64")


@dataclass(frozen=True)
class Example:
    """One file of the gallery, or a user's own, as read from its source."""

    id: str
    section: str
    path: Path
    title: str
    idea: str
    source: str
    note: str
    precision: str
    draws: bool  # it has figures
    jax_code: str
    pytorch_code: str
    step_code: str  # empty: it has no step to compile

    def lacks(self, style: str) -> bool:
        """Whether a style that an example may do without is not there."""
        return style == "step_style" and not self.step_code


def read_example(path: Path, section: str) -> Example:
    """Read one example, or raise a `UsageError` that shows the skeleton it should have."""
    try:
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path}: {error}") from None
    except (SyntaxError, ValueError) as error:
        raise UsageError(f"{path} is not Python: {error}") from None

    docstring = ast.get_docstring(tree)
    texts = {name: _literal(tree, name) for name in ("SOURCE", "NOTE", "PRECISION")}
    faults = _faults(tree, docstring, texts)
    if faults:
        listed = "\n".join(f"  - {fault}" for fault in faults)
        raise UsageError(
            f"{path} is not an example:\n{listed}\n\nEvery example has this skeleton:\n\n{SKELETON}"
        )

    title, _, idea = (docstring or "").partition("\n")
    return Example(
        id=path.stem.replace("_", "-"),
        section=section,
        path=path.resolve(),
        title=title.strip().removesuffix("."),
        idea=idea.strip(),
        source=str(texts["SOURCE"] or ""),
        note=str(texts["NOTE"] or ""),
        precision=str(texts["PRECISION"] or "float32"),
        draws="figures" in top_level(tree),
        jax_code=excerpt(text, tree, "jax_style"),
        pytorch_code=excerpt(text, tree, "pytorch_style"),
        step_code=excerpt(text, tree, "step_style"),
    )


def _faults(tree: ast.Module, docstring: str | None, texts: dict) -> list[str]:
    faults = [] if docstring else ["it has no docstring: the first line is the title"]
    defined = top_level(tree)
    faults += [f"`{name}` is missing" for name in FUNCTIONS if name not in defined]
    faults += [
        f"`{name}` must be written out as one string"
        for name, text in texts.items()
        if name in defined and not isinstance(text, str)
    ]
    if isinstance(texts["PRECISION"], str) and texts["PRECISION"] not in PRECISIONS:
        faults.append(f'`PRECISION` is "{texts["PRECISION"]}", not one of {", ".join(PRECISIONS)}')

    inputs = defined.get("inputs")
    if isinstance(inputs, ast.FunctionDef) and not _takes_seed(inputs):
        faults.append("`inputs` must take a seed that has a default: `def inputs(seed=0)`")
    pytorch, step = defined.get("pytorch_style"), defined.get("step_style")
    if isinstance(pytorch, ast.FunctionDef) and _parameters(pytorch)[:1] != ["torch"]:
        faults.append("the first parameter of `pytorch_style` must be `torch`")
    if isinstance(step, ast.FunctionDef) and _parameters(step)[:2] != ["torch", "scan"]:
        faults.append("the first parameters of `step_style` must be `torch` and `scan`")
    return faults


def _parameters(function: ast.FunctionDef) -> list[str]:
    return [argument.arg for argument in [*function.args.posonlyargs, *function.args.args]]


def _takes_seed(function: ast.FunctionDef) -> bool:
    arguments = function.args
    defaulted = arguments.args[len(arguments.args) - len(arguments.defaults) :]
    defaulted += [
        argument
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if default is not None
    ]
    return any(argument.arg == "seed" for argument in defaulted)


def _literal(tree: ast.Module, name: str) -> object:
    node = top_level(tree).get(name)
    value = getattr(node, "value", None)
    if value is None:
        return None
    try:
        return ast.literal_eval(value)
    except ValueError:
        return None
