"""Modules as functions of their parameters and buffers."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...ops import OPS
from ...tape.bind import function
from ...tape.tensor import Tensor

_stack = function(OPS["stack"])


def functional_call(
    module: Any,
    parameter_and_buffer_dicts: Any,
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """Call a module with other parameters and buffers.

    Args:
        module: the module; it has its own again when this returns.
        parameter_and_buffer_dicts: tensors by name, or a sequence of such dicts. An edit in place
            of a buffer is an edit of the one that was given.
        args: a tuple of arguments, or the only one.
        kwargs: arguments by name.
        tie_weights: give a tensor to all names that share it in the module.
        strict: every parameter and buffer must be given, and no other name.

    Raises:
        ValueError: a name in two dicts; two values for tied weights.
        RuntimeError: with `strict` names that are missing or unexpected.
        AttributeError: the module has no such parameter or buffer.

    Example:
        >>> import funcgrad.torch as torch
        >>> line = torch.nn.Linear(2, 1, bias=False)
        >>> torch.func.functional_call(line, {"weight": torch.ones(1, 2)}, torch.ones(3, 2))
        tensor([[2.],
                [2.],
                [2.]])
    """
    given = _merged(parameter_and_buffer_dicts)
    own = {
        **dict(module.named_parameters(remove_duplicate=False)),
        **dict(module.named_buffers(remove_duplicate=False)),
    }
    names: dict[int, list[str]] = {}
    for name, tensor in own.items():
        names.setdefault(id(tensor), []).append(name)
    values = dict(given)
    if tie_weights:
        for name in given:
            for other in names[id(own[name])] if name in own else ():
                if other in given and given[other] is not given[name]:
                    raise ValueError(
                        f"functional_call got multiple values for keys {[name, other]}, which are "
                        "tied. Consider using tie_weights=False"
                    )
                values[other] = given[name]
    if strict:
        missing, more = sorted(own.keys() - values.keys()), sorted(values.keys() - own.keys())
        if missing or more:
            raise RuntimeError(f"Missing key(s): {missing}. Unexpected key(s): {more}.")
    places = [(*_place(module, name), value) for name, value in values.items()]
    before = [(store, leaf, store[leaf]) for store, leaf, _ in places]
    try:
        for store, leaf, value in places:
            store[leaf] = value
        positional = () if args is None else args if isinstance(args, tuple) else (args,)
        return module(*positional, **(kwargs or {}))
    finally:
        for store, leaf, value in before:
            store[leaf] = value


def _merged(dicts: Any) -> dict[str, Tensor]:
    if isinstance(dicts, Mapping):
        return dict(dicts)
    if not isinstance(dicts, Sequence) or not all(isinstance(d, Mapping) for d in dicts):
        raise ValueError(
            "Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got "
            f"{type(dicts).__name__}"
        )
    merged: dict[str, Tensor] = {}
    for found in dicts:
        for name in found:
            if name in merged:
                raise ValueError(f"{name} appears in multiple dictionaries; behavior is ambiguous")
        merged.update(found)
    return merged


def _place(module: Any, name: str) -> tuple[dict[str, Any], str]:
    path, _, leaf = name.rpartition(".")
    owner = module.get_submodule(path)
    for store in (owner._parameters, owner._buffers):
        if leaf in store:
            return store, leaf
    raise AttributeError(f"{type(owner).__name__} has no parameter or buffer `{leaf}`")


def stack_module_state(models: Sequence[Any]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """The parameters and buffers of several models of one kind, stacked along a new first axis.

    Returns:
        (parameters, buffers), by name; the parameters are leaves that require grad where all of
        the models' do.

    Raises:
        RuntimeError: no models, models of several classes, some in training and some not.

    Example:
        >>> import funcgrad.torch as torch
        >>> params, _ = torch.func.stack_module_state([torch.nn.Linear(2, 1) for _ in range(5)])
        >>> params["weight"].shape
        torch.Size([5, 1, 2])
    """
    if not models:
        raise RuntimeError("stack_module_state: Expected at least one model, got 0.")
    if len({model.training for model in models}) > 1:
        raise RuntimeError(
            "stack_module_state: Expected all models to have the same training/eval mode."
        )
    if len({type(model) for model in models}) > 1:
        raise RuntimeError("stack_module_state: Expected all models to be of the same class.")
    parameters = [dict(model.named_parameters()) for model in models]
    buffers = [dict(model.named_buffers()) for model in models]
    return (
        {name: _stacked([p[name] for p in parameters]) for name in parameters[0]},
        {name: _stacked([b[name] for b in buffers]) for name in buffers[0]},
    )


def _stacked(tensors: list[Tensor]) -> Tensor:
    wanted = {tensor.requires_grad for tensor in tensors}
    if len(wanted) > 1:
        raise RuntimeError("Expected the parameters of all models to have the same .requires_grad")
    result: Tensor = _stack(tensors).detach()
    return result.requires_grad_() if wanted == {True} else result
