"""Parameter groups: what an optimizer was given, checked."""

import warnings
from collections.abc import Iterable
from typing import Any

from ...tape.tensor import Tensor
from ..nn.registry import typename

Group = dict[str, Any]

# `required`: an option that every group must give, since the optimizer has no default for it.
required = type("_RequiredParameter", (), {"__repr__": lambda self: "<required parameter>"})()


def split(params: Any) -> list[Group]:
    """The first argument of an optimizer as a list of groups."""
    if isinstance(params, Tensor):
        raise TypeError(
            "params argument given to the optimizer should be an iterable of Tensors or dicts, but "
            f"got {typename(params)}"
        )
    groups = list(params)
    if not groups:
        raise ValueError("optimizer got an empty parameter list")
    return groups if isinstance(groups[0], dict) else [{"params": groups}]


def complete(group: Any, defaults: dict[str, Any], present: Iterable[Group]) -> Group:
    """A group with its parameters as a list and the defaults filled in; the dict is edited.

    Args:
        group: `params` and the options of its own.
        defaults: of the optimizer.
        present: the groups that are there.
    """
    if not isinstance(group, dict):
        raise TypeError(f"param_group must be a dict, but got {type(group)}")
    parameters = group["params"]
    if isinstance(parameters, Tensor):
        parameters = [parameters]
    elif isinstance(parameters, set):
        raise TypeError(
            "optimizer parameters need to be organized in ordered collections, but the ordering of "
            "tensors in sets will change between runs. Please use a list instead."
        )
    parameters = list(parameters)
    if parameters and isinstance(parameters[0], tuple):
        group["param_names"] = [name for name, _ in parameters]
        parameters = [parameter for _, parameter in parameters]
    group["params"] = parameters
    for parameter in parameters:
        if not isinstance(parameter, Tensor):
            raise TypeError(
                f"optimizer can only optimize Tensors, but one of the params is "
                f"{typename(parameter)}"
            )
        if not (parameter.is_leaf or parameter.retains_grad):
            raise ValueError("can't optimize a non-leaf Tensor")
    for name, default in defaults.items():
        if default is required and name not in group:
            raise ValueError(
                f"parameter group didn't specify a value of required optimization parameter {name}"
            )
        group.setdefault(name, default)
    if len({id(p) for p in parameters}) != len(parameters):
        warnings.warn(
            "optimizer contains a parameter group with duplicate parameters; in future, this will "
            "cause an error",
            stacklevel=4,
        )
    taken = {id(p) for other in present for p in other["params"]}
    if any(id(p) in taken for p in parameters):
        raise ValueError("some parameters appear in more than one parameter group")
    return group
