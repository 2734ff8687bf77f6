"""Tensors as PyTorch prints them: `repr`, `str`, and what a notebook shows.

`notation` writes numbers, `text` puts them into brackets and lines, `options` holds the settings,
`notebook` makes the HTML.
"""

from ..parameter import Parameter
from ..tensor import Tensor
from .notebook import tensor_html
from .options import set_printoptions as set_printoptions
from .text import parameter_text, tensor_text

for _class, _method in ((Tensor, tensor_text), (Parameter, parameter_text)):
    for _name in ("__repr__", "__str__"):
        setattr(_class, _name, _method)
setattr(Tensor, "_repr_html_", tensor_html)  # noqa: B010 (mypy knows no such attribute)
