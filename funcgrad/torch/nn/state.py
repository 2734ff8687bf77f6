"""`state_dict` and `load_state_dict`."""

from collections import OrderedDict, namedtuple
from collections.abc import Callable, Mapping
from typing import Any

from ...tape.graph import Handle, HookDict, add_hook
from ...tape.modes import no_grad
from ...tape.parameter import Parameter
from ...tape.tensor import Tensor
from .registry import Registry

_EXTRA = "_extra_state"


class _IncompatibleKeys(namedtuple("_IncompatibleKeys", ["missing_keys", "unexpected_keys"])):
    """What `load_state_dict` could not place."""

    __slots__ = ()

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return super().__repr__()

    __str__ = __repr__


class Stateful(Registry):
    """A registry whose tensors can be saved and loaded by name."""

    _state_pre_hooks: HookDict
    _state_hooks: HookDict
    _load_pre_hooks: HookDict
    _load_post_hooks: HookDict

    def __init__(self) -> None:
        super().__init__()
        for name in ("_state_pre_hooks", "_state_hooks", "_load_pre_hooks", "_load_post_hooks"):
            self.__dict__[name] = HookDict()

    def get_extra_state(self) -> Any:
        """Further state to save; define it together with `set_extra_state`."""
        raise RuntimeError(
            "Reached a code path in Module.get_extra_state() that should never be called."
        )

    def set_extra_state(self, state: Any) -> None:
        """Take back what `get_extra_state` returned."""
        raise RuntimeError(
            "Reached a code path in Module.set_extra_state() that should never be called."
        )

    def _state(self) -> dict[str, Tensor]:
        """The module's own parameters and persistent buffers."""
        volatile = self._non_persistent_buffers_set
        named = {**self._parameters, **self._buffers}
        return {k: v for k, v in named.items() if v is not None and k not in volatile}

    # --- saving ----------------------------------------------------------------------------

    def state_dict(
        self,
        *,
        destination: dict[str, Any] | None = None,
        prefix: str = "",
        keep_vars: bool = False,
    ) -> dict[str, Any]:
        """Parameters and persistent buffers by name; the values share memory with the module's.

        Args:
            destination: a dict to add to.
            prefix: what every name starts with.
            keep_vars: the tensors themselves instead of detached ones.
        """
        destination = OrderedDict() if destination is None else destination
        for hook in list(self._state_pre_hooks.values()):
            hook(self, prefix, keep_vars)
        self._save_to_state_dict(destination, prefix, keep_vars)
        for name, module in self._modules.items():
            if module is not None:
                module.state_dict(
                    destination=destination, prefix=f"{prefix}{name}.", keep_vars=keep_vars
                )
        for hook in list(self._state_hooks.values()):
            if hook(self, destination, prefix, {}) is not None:
                raise RuntimeError("state_dict post-hook must return None")
        return destination

    def _save_to_state_dict(self, destination: Any, prefix: str, keep_vars: bool) -> None:
        for name, tensor in self._state().items():
            destination[prefix + name] = tensor if keep_vars else tensor.detach()
        if type(self).get_extra_state is not Stateful.get_extra_state:
            destination[prefix + _EXTRA] = self.get_extra_state()

    def register_state_dict_pre_hook(self, hook: Callable[..., None]) -> Handle:
        """Call `hook(module, prefix, keep_vars)` before the state is collected."""
        return add_hook(self._state_pre_hooks, hook)

    def register_state_dict_post_hook(self, hook: Callable[..., None]) -> Handle:
        """Call `hook(module, state_dict, prefix, local_metadata)` after it was collected."""
        return add_hook(self._state_hooks, hook)

    # --- loading ---------------------------------------------------------------------------

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> _IncompatibleKeys:
        """Copy values by name into this module's tensors.

        Args:
            state_dict: names to tensors, as `state_dict` gives them.
            strict: missing and unexpected names are an error.
            assign: put the given tensors in place of the module's instead of copying values.

        Returns:
            The missing and the unexpected names.

        Raises:
            RuntimeError: shapes differ, or with `strict` names do.
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
        state_dict = dict(state_dict)
        missing: list[str] = []
        unexpected: list[str] = []
        errors: list[str] = []
        found = _IncompatibleKeys(missing, unexpected)
        self._load(state_dict, "", assign, found, errors)
        if strict:
            for kind, names in (("Missing", missing), ("Unexpected", unexpected)):
                if names:
                    listed = ", ".join(f'"{name}"' for name in names)
                    errors.insert(
                        int(kind == "Unexpected" and bool(missing)),
                        f"{kind} key(s) in state_dict: {listed}. ",
                    )
        if errors:
            raise RuntimeError(
                f"Error(s) in loading state_dict for {type(self).__name__}:\n\t"
                + "\n\t".join(errors)
            )
        return found

    def _load(
        self,
        state: dict[str, Any],
        prefix: str,
        assign: bool,
        found: _IncompatibleKeys,
        errors: list[str],
    ) -> None:
        """Load this module, then those below it."""
        metadata = {"assign_to_params_buffers": assign}
        missing, unexpected = found
        # Names are looked at in any case: `strict` only says whether they are an error.
        self._load_from_state_dict(state, prefix, metadata, True, missing, unexpected, errors)
        for name, module in self._modules.items():
            if module is not None:
                module._load(state, f"{prefix}{name}.", assign, found, errors)
        for hook in list(self._load_post_hooks.values()):
            hook(self, found)

    def _load_from_state_dict(
        self,
        state_dict: dict[str, Any],
        prefix: str,
        local_metadata: dict[str, Any],
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        for hook in list(self._load_pre_hooks.values()):
            hook(self, state_dict, prefix, local_metadata, strict, missing_keys,
                 unexpected_keys, error_msgs)  # fmt: skip
        own = self._state()
        assign = local_metadata.get("assign_to_params_buffers", False)
        for name, tensor in own.items():
            key = prefix + name
            if key in state_dict:
                self._place(name, key, tensor, state_dict[key], assign, error_msgs)
            elif strict:
                missing_keys.append(key)
        wants = type(self).set_extra_state is not Stateful.set_extra_state
        if prefix + _EXTRA in state_dict:
            if wants:
                self.set_extra_state(state_dict[prefix + _EXTRA])
            elif strict:
                unexpected_keys.append(prefix + _EXTRA)
        elif wants and strict:
            missing_keys.append(prefix + _EXTRA)
        if strict:
            unexpected_keys += [k for k in state_dict if self._is_stray(k, prefix, own)]

    def _is_stray(self, key: str, prefix: str, own: dict[str, Tensor]) -> bool:
        """Whether a name that starts with this module's prefix belongs nowhere below it."""
        if not key.startswith(prefix) or key == prefix + _EXTRA:
            return False
        name, dot, _ = key[len(prefix) :].partition(".")
        return name not in (self._modules if dot else own)

    def _place(
        self, name: str, key: str, tensor: Tensor, value: Any, assign: bool, errors: list[str]
    ) -> None:
        """Load one tensor, or say why not."""
        if not isinstance(value, Tensor):
            errors.append(
                f'While copying the parameter named "{key}", expected torch.Tensor or Tensor-like '
                f"object from checkpoint but received {type(value)}"
            )
        elif value.shape != tensor.shape:
            errors.append(
                f"size mismatch for {key}: copying a param with shape {value.shape} from "
                f"checkpoint, the shape in current model is {tensor.shape}."
            )
        elif assign:
            if isinstance(tensor, Parameter) and not isinstance(value, Parameter):
                value = Parameter(value, requires_grad=tensor.requires_grad)
            setattr(self, name, value)
        else:
            with no_grad():
                tensor.copy_(value)

    def register_load_state_dict_pre_hook(self, hook: Callable[..., None]) -> Handle:
        """Call `hook(module, state_dict, prefix, …)` before this module is loaded."""
        return add_hook(self._load_pre_hooks, hook)

    def register_load_state_dict_post_hook(self, hook: Callable[..., None]) -> Handle:
        """Call `hook(module, incompatible_keys)` after this module was loaded."""
        return add_hook(self._load_post_hooks, hook)
