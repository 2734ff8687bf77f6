"""The public functions that have no row, and why none can be written."""

#: The modules whose public functions all have a row or a reason.
COVERED = (
    "jax.nn",
    "jax.numpy",
    "jax.numpy.linalg",
    "jax.numpy.fft",
    "jax.scipy.special",
    "jax.scipy.linalg",
    "jax.scipy.signal",
    "optax.losses",
)

#: Functions by module and reason.
REASONS = {
    "jax.nn": {
        "another name of a function that has a row": "hard_swish swish",
        "makes an array of integers": "one_hot",
        "makes a setting": "get_scaled_dot_general_config",
        "runs on a GPU only": "scaled_dot_general scaled_matmul",
    },
    "jax.numpy": {
        "another name of a function that has a row": """absolute acos acosh amax amin around asin
            asinh atan atan2 atanh concat conjugate degrees pow radians true_divide""",
        "makes an array": """arange bartlett blackman empty empty_like eye from_dlpack
            frombuffer fromfile fromfunction fromiter fromstring full full_like geomspace hamming
            hanning identity indices kaiser linspace load logspace ones ones_like tri zeros
            zeros_like""",
        "gives Booleans": """all allclose any array_equal array_equiv equal greater
            greater_equal isclose iscomplex iscomplexobj isfinite isin isinf isnan isneginf isposinf
            isreal isrealobj less less_equal logical_and logical_not logical_or logical_xor
            not_equal signbit""",
        "takes integers": """bitwise_and bitwise_count bitwise_invert bitwise_left_shift bitwise_not
            bitwise_or bitwise_right_shift bitwise_xor gcd invert lcm left_shift packbits
            ravel_multi_index right_shift unpackbits unravel_index""",
        "gives integers": """argmax argmin argpartition argsort argwhere count_nonzero
            diag_indices diag_indices_from digitize flatnonzero lexsort mask_indices nanargmax
            nanargmin nonzero searchsorted tril_indices tril_indices_from triu_indices
            triu_indices_from""",
        "about types and shapes": """broadcast_shapes can_cast einsum_path isdtype
            isscalar issubdtype iterable ndim promote_types result_type shape size""",
        "about printing and files": """array_repr array_str get_printoptions printoptions save savez
            set_printoptions""",
        "gives edges found by searching the values": "histogram_bin_edges",
        "has no rule in JAX": "nextafter spacing",
        "gives an array whose length depends on the values": """intersect1d setdiff1d trim_zeros
            unique_all unique_counts unique_inverse""",
    },
    "jax.numpy.linalg": {
        "gives integers": "matrix_rank",
        "has no rule in JAX unless a flag promises distinct eigenvalues": "eig",
    },
    "jax.numpy.fft": {
        "makes an array": "fftfreq rfftfreq",
    },
    "jax.scipy.special": {
        "makes an array": "bernoulli",
    },
    "jax.scipy.linalg": {
        "makes an array": "dft hadamard helmert hilbert invhilbert invpascal pascal",
        "has no rule in JAX": "funm hessenberg qr_multiply schur solve_sylvester sqrtm",
        "takes what schur gives": "rsf2csf",
        "is found by bisection, which has no derivative": "eigh_tridiagonal",
    },
    "jax.scipy.signal": {},
    "optax.losses": {
        "deprecated name of generalized_kl_divergence": "convex_kl_divergence",
    },
}

#: The reason by a function's name, "jax.numpy.arange".
EXCLUDED = {
    f"{module}.{name}": reason
    for module, reasons in REASONS.items()
    for reason, names in reasons.items()
    for name in names.split()
}
