"""Cases of `funcgrad.ops.normalization`."""

from ..table import call, case, real

case("layer_norm", call(real(3, 4), (4,)), call(real(2, 3, 4), (3, 4), real(3, 4)),
     call(real(3, 4), [4], real(4), real(4), 1e-3), dtypes="float32 bfloat16",
     refused={"expected input with shape": call(real(3, 4), (3,)),
              "at least 1-dimensional": call(real(3, 4), ()),
              "to be of same shape as normalized_shape": call(real(3, 4), (4,), real(3))},
)  # fmt: skip
case("rms_norm", call(real(3, 4), (4,), real(4)), call(real(2, 3), (2, 3), eps=0.1),
     dtypes="float32 bfloat16 int64",
     refused={"expected input with shape": call(real(3, 4), (3,)),
              "to be of same shape as normalized_shape": call(real(3, 4), (4,), real(3))},
)  # fmt: skip
