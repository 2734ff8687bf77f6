"""Dtypes that an operation does not take, and values that a dtype does not hold."""

import numpy as np

from .misuse import leaf, misuses

misuse = misuses("dtypes")


@misuse("mat1 and mat2 must have the same dtype, but got Double and Float")
def doubles_from_numpy_in_a_layer(torch):
    torch.nn.Linear(2, 1)(torch.from_numpy(np.ones((1, 2))))


@misuse("mean(): could not infer output dtype", "Got: Long",
        way_out="must be either a floating point or complex dtype")  # fmt: skip
def the_mean_of_integers(torch):
    torch.tensor([1, 2]).mean()


@misuse("only Tensors of floating point", "can require gradients")
def integers_asked_to_require_grad(torch):
    x = torch.tensor([1, 2])
    yield lambda: x
    x.requires_grad_()


@misuse("expected target dtype to be Long or Byte, but got Float")
def labels_that_are_floats(torch):
    scores = torch.zeros(2, 3, requires_grad=True)
    yield lambda: scores.grad
    torch.nn.functional.cross_entropy(scores, torch.tensor([0.0, 1.0]))


@misuse("Found dtype Long but expected Float")
def labels_that_are_integers_of_a_regression(torch):
    torch.nn.functional.binary_cross_entropy(torch.tensor([0.5]), torch.tensor([1]))


@misuse("Expected tensor for argument #1 'indices' to have one of the following scalar types",
        "torch.FloatTensor")  # fmt: skip
def an_embedding_of_floats(torch):
    torch.nn.Embedding(3, 2)(torch.ones(2))


@misuse("invalid data type 'str'")
def words_as_data(torch):
    torch.tensor("words")


@misuse("Could not infer dtype of NoneType")
def nothing_as_data(torch):
    torch.tensor([1.0, None])


@misuse("Could not infer dtype of dict")
def a_dictionary_as_data(torch):
    torch.tensor({"a": 1})


@misuse("can't convert np.ndarray of type numpy.object_", way_out="supported types are")
def an_array_of_objects(torch):
    torch.from_numpy(np.array([1.0, None]))


@misuse("bitwise_and", "not implemented for 'Float'")
def masks_that_are_floats(torch):
    torch.ones(2) & torch.ones(2)


@misuse("is only implemented on integer and Boolean-type tensors")
def a_mask_of_floats_inverted(torch):
    ~torch.ones(2)


@misuse("Subtraction, the `-` operator, with a bool tensor is not supported",
        way_out="use the `~` or `logical_not()` operator instead")  # fmt: skip
def one_minus_a_mask(torch):
    1 - torch.tensor([True, False])


@misuse("Negation, the `-` operator, on a bool tensor is not supported",
        way_out="use the `~` or `logical_not()` operator instead")  # fmt: skip
def a_mask_negated(torch):
    -torch.tensor([True, False])


@misuse("not implemented for 'Long'")
def a_softmax_of_integers(torch):
    torch.tensor([1, 2]).softmax(0)


@misuse("argument 'dtype' must be torch.dtype, not str")
def a_dtype_by_its_name(torch):
    torch.ones(2, dtype="float32")


@misuse("expected both vectors to have same dtype, but found Float and Double")
def a_dot_of_two_dtypes(torch):
    torch.dot(torch.ones(2), torch.ones(2, dtype=torch.float64))


@misuse("ZeroDivisionError")
def integers_divided_by_zero(torch):
    torch.tensor([1, 2]) // torch.tensor([0, 1])


@misuse("Index put requires the source and destination dtypes match",
        "got Float for the destination and Double for the source")  # fmt: skip
def doubles_put_at_an_index(torch):
    x = torch.zeros(3)
    yield lambda: (x, x._version)
    x[torch.tensor([0])] = torch.ones(1, dtype=torch.float64)


@misuse("only supports boolean masks, but got mask with dtype")
def a_fill_by_a_mask_of_floats(torch):
    torch.ones(2).masked_fill(torch.ones(2), 0.0)


@misuse("only floating-point types are supported as the default type")
def integers_by_default(torch):
    yield torch.get_default_dtype
    torch.set_default_dtype(torch.int64)


@misuse("BFloat16")
def bfloat16_in_numpy(torch):
    torch.ones(2, dtype=torch.bfloat16).numpy()


@misuse("value cannot be converted to type uint8_t without overflow")
def a_byte_filled_too_full(torch):
    x = torch.zeros(2, dtype=torch.uint8)
    yield lambda: (x, x._version)
    x.fill_(300)


@misuse("value cannot be converted to type c10::Half without overflow")
def a_half_filled_beyond_its_largest(torch):
    x = torch.zeros(2, dtype=torch.float16)
    yield lambda: (x, x._version)
    x.masked_fill_(torch.tensor([True, False]), -1e9)


@misuse("value cannot be converted to type float without overflow")
def a_complex_number_among_real_ones(torch):
    x = torch.zeros(2)
    yield lambda: (x, x._version)
    x.scatter_(0, torch.tensor([0]), 1j)


@misuse("index_fill_(): Converting complex Scalar to non-complex type is not supported")
def lines_filled_with_a_complex_number(torch):
    x = torch.zeros(2)
    yield lambda: (x, x._version)
    x.index_fill_(0, torch.tensor([0]), 1 + 0j)


@misuse("int too big to convert")
def more_digits_than_64_bits(torch):
    torch.full((2,), 2**64, dtype=torch.float64)


@misuse("Expected a floating point or complex tensor as input. Got Long")
def the_norm_of_integers(torch):
    torch.linalg.vector_norm(torch.tensor([3, 4]))


@misuse("std and var only support floating point and complex dtypes")
def the_deviation_of_integers(torch):
    torch.tensor([1, 2]).std()


@misuse("only integer tensors of a single element can be converted to an index")
def a_float_as_a_count(torch):
    list(range(torch.tensor(2.0)))


@misuse("not implemented for 'ComplexFloat'")
def complex_numbers_compared(torch):
    torch.tensor([1j]) < torch.tensor([2j])  # noqa: B015 - the comparison is what raises


@misuse("Sort does not support complex dtypes on CPU")
def complex_numbers_sorted(torch):
    torch.tensor([1j, 2.0]).sort()


@misuse("max(): does not support complex input")
def the_largest_complex_number_of_each_row(torch):
    torch.tensor([[1j, 2.0]]).max(1)


@misuse("clamp is not supported for complex types")
def complex_numbers_in_a_network(torch):
    torch.relu(torch.tensor([1j], requires_grad=True))


@misuse("argmax(): does not support bool input")
def the_first_that_is_true(torch):
    torch.tensor([False, True]).argmax()


@misuse("\"cumsum_out_cpu\" not implemented for 'Bool'")
def a_mask_counted_in_place(torch):
    x = torch.tensor([True, True])
    yield lambda: (x, x._version)
    x.cumsum_(0)


@misuse("In-place abs is not supported for complex tensors")
def the_size_of_complex_numbers_in_place(torch):
    x = torch.tensor([1j])
    yield lambda: (x, x._version)
    x.abs_()


@misuse("not implemented for 'Long'")
def integers_halfway_to_others(torch):
    torch.lerp(torch.tensor([1]), torch.tensor([2]), 0.5)


@misuse("expected dtype float for `end` but got dtype double")
def halfway_to_another_dtype(torch):
    torch.zeros(1).lerp_(torch.ones(1, dtype=torch.float64), 0.5)


@misuse("Can't call numpy() on Tensor that requires grad",
        way_out="Use tensor.detach().numpy() instead")  # fmt: skip
def a_parameter_in_numpy(torch):
    torch.nn.Linear(1, 1).weight.numpy()


@misuse("Can't call numpy() on Tensor that requires grad",
        way_out="Use tensor.detach().numpy() instead")  # fmt: skip
def a_loss_given_to_numpy(torch):
    losses = [(leaf(torch, 1.0) * 2).sum()]
    np.mean(losses)


@misuse("only one element tensors can be converted to Python scalars")
def a_float_of_many(torch):
    float(torch.ones(3))


@misuse("a Tensor with 2 elements cannot be converted to Scalar")
def the_number_of_a_loss_of_each_row(torch):
    loss = torch.nn.functional.mse_loss(leaf(torch, 1.0, 2.0), torch.ones(2), reduction="none")
    loss.item()


@misuse("Boolean value of Tensor with more than one value is ambiguous")
def two_tensors_compared_in_an_if(torch):
    if torch.tensor([1, 2]) == torch.tensor([1, 2]):
        pass


@misuse("result type Float can't be cast to the desired output type Long")
def labels_of_logits_that_are_integers(torch):
    scores = leaf(torch, 0.5, 1.5)
    yield lambda: scores.grad
    torch.nn.functional.binary_cross_entropy_with_logits(scores, torch.tensor([0, 1]))


@misuse("requires_grad must be a bool")
def a_flag_that_is_a_number(torch):
    x = torch.ones(2)
    yield lambda: x
    x.requires_grad = 1


@misuse("argument 'requires_grad' must be bool, not str")
def a_flag_that_is_text(torch):
    torch.tensor([1.0], requires_grad="True")


@misuse("argument 'enabled' (position 1) must be bool, not str")
def a_mode_that_is_text(torch):
    yield torch.is_grad_enabled
    torch.set_grad_enabled("False")


@misuse("must be torch.dtype, not str")
def a_promotion_by_name(torch):
    torch.promote_types(torch.int64, "float32")
