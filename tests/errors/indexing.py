"""Indices of the wrong kind, out of range, or of shapes that do not fit."""

import numpy as np

from .misuse import leaf, misuses

misuse = misuses("indexing")
VALID = "valid indices"


@misuse("index -4 is out of bounds for dimension 0 with size 3")
def an_index_before_the_start(torch):
    torch.ones(3)[-4]


@misuse("index 3 is out of bounds for dimension 1 with size 3")
def a_column_that_is_not_there(torch):
    torch.ones(2, 3)[0, 3]


@misuse("index 3 is out of bounds for dimension 0 with size 3")
def an_assignment_beyond_the_end(torch):
    x = torch.ones(3)
    yield lambda: (x, x._version)
    x[3] = 1.0


@misuse("index 7 is out of bounds for dimension 0 with size 3")
def an_assignment_by_a_list_beyond_the_end(torch):
    x = torch.ones(3)
    yield lambda: (x, x._version)
    x[[7]] = 5.0


@misuse("only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid",
        "got float")  # fmt: skip
def a_half_as_an_index(torch):
    torch.ones(4)[4 / 2]


@misuse("new(): invalid data type 'str'")
def a_name_as_an_index(torch):
    torch.ones(3)["a"]


@misuse("The shape of the mask [2] at index 0 does not match the shape of the indexed tensor [3]")
def a_mask_that_is_too_short(torch):
    torch.ones(3)[torch.tensor([True, False])]


@misuse("The shape of the mask [3, 1] at index 1 does not match the shape of the indexed tensor")
def a_mask_with_an_axis_too_many(torch):
    x = torch.ones(3, 2)
    yield lambda: (x, x._version)
    x[torch.ones(3, 1, dtype=torch.bool)] = 0.0


@misuse("shape mismatch: indexing tensors could not be broadcast together with shapes [2], [3]")
def rows_and_columns_of_two_lengths(torch):
    torch.ones(4, 4)[[0, 1], [0, 1, 2]]


@misuse("shape mismatch: value tensor of shape [2] cannot be broadcast to indexing result of")
def two_values_for_three_places(torch):
    x = torch.zeros(4)
    yield lambda: (x, x._version)
    x[torch.tensor([0, 1, 2])] = torch.ones(2)


@misuse("The expanded size of the tensor (2) must match the existing size (3)")
def three_values_for_a_slice_of_two(torch):
    x = torch.zeros(4)
    yield lambda: (x, x._version)
    x[:2] = torch.ones(3)


@misuse("step must be greater than zero")
def a_slice_backwards(torch):
    torch.ones(3)[::-1]


@misuse("slice indices must be integers or None or have an __index__ method")
def a_slice_to_a_half(torch):
    torch.ones(4)[: 4 / 2]


@misuse("does not support deleting items")
def an_element_deleted(torch):
    del torch.ones(3)[0]


@misuse("can't assign a list to a torch.FloatTensor")
def a_list_assigned(torch):
    x = torch.zeros(2, 2)
    yield lambda: (x, x._version)
    x[0] = [1.0, 2.0]


@misuse("too many indices for tensor of dimension 1")
def labels_taken_from_a_vector(torch):
    torch.ones(3)[torch.arange(3), torch.tensor([0, 1, 0])]


@misuse("index 5 is out of bounds for dimension 0 with size 3")
def gathered_beyond_the_end(torch):
    torch.ones(3).gather(0, torch.tensor([5]))


@misuse("Index tensor must have the same number of dimensions as input tensor")
def gathered_by_labels_without_an_axis(torch):
    torch.ones(2, 3).gather(1, torch.tensor([0, 1]))


@misuse("gather(): Expected dtype", "int64 for index")
def gathered_by_floats(torch):
    torch.ones(3).gather(0, torch.ones(1))


@misuse("index 5 is out of bounds for dimension 0 with size 3")
def scattered_beyond_the_end(torch):
    x = torch.ones(3)
    yield lambda: (x, x._version)
    x.scatter_(0, torch.tensor([5]), 1.0)


@misuse("scatter(): Expected dtype int32/int64 for index")
def scattered_by_floats(torch):
    torch.zeros(3).scatter_(0, torch.ones(1), 1.0)


@misuse("index out of range in self")
def a_row_selected_that_is_not_there(torch):
    torch.ones(3, 2).index_select(0, torch.tensor([3]))


@misuse("index out of range in self")
def a_word_outside_the_vocabulary(torch):
    torch.nn.Embedding(3, 2)(torch.tensor([0, 3]))


@misuse("Target 5 is out of bounds")
def a_class_that_is_not_there(torch):
    torch.nn.functional.cross_entropy(leaf(torch, 1.0, 2.0)[None], torch.tensor([5]))


@misuse("Target -1 is out of bounds")
def a_class_below_zero(torch):
    torch.nn.functional.nll_loss(torch.zeros(1, 3), torch.tensor([-1]))


@misuse("Class values must be smaller than num_classes")
def one_hot_of_a_class_too_large(torch):
    torch.nn.functional.one_hot(torch.tensor([3]), 3)


@misuse("out of range: tried to access index 7 on a tensor of 3 elements")
def taken_beyond_the_end(torch):
    torch.ones(3).take(torch.tensor([7]))


@misuse("out of bounds")
def an_array_of_numpy_beyond_the_end(torch):
    torch.ones(3)[np.array([0, 9])]


@misuse("must be long, int, byte or bool")
def a_mask_of_floats(torch):
    x = torch.ones(3)
    yield lambda: (x, x._version)
    x[(x > 0).float()] = 0.0


@misuse("value cannot be converted to type int8_t without overflow")
def a_mask_filled_with_a_tensor_that_does_not_fit(torch):
    x = torch.tensor([1, 2], dtype=torch.int8)
    yield lambda: x
    x[x > 1] = torch.tensor(300)


@misuse("Index put requires the source and destination dtypes match")
def an_index_that_is_given_a_tensor_of_another_dtype(torch):
    x = torch.zeros(3)
    yield lambda: x
    x[[0, 1]] = torch.tensor(2)
