"""Shapes that do not fit, in operations and in layers."""

from .misuse import leaf, misuses

misuse = misuses("shapes")


@misuse("Sizes of tensors must match except in dimension 0", "Expected size 2 but got size 3")
def rows_of_two_lengths_joined(torch):
    torch.cat([torch.ones(1, 2), torch.ones(1, 3)])


@misuse("Tensors must have same number of dimensions: got 2 and 1")
def a_row_joined_to_a_matrix(torch):
    torch.cat([torch.ones(1, 2), torch.ones(2)])


@misuse("expected a non-empty list of Tensors")
def nothing_joined(torch):
    torch.cat([])


@misuse("stack expects each tensor to be equal size, but got [2] at entry 0 and [3] at entry 1")
def vectors_of_two_lengths_stacked(torch):
    torch.stack([torch.ones(2), torch.ones(3)])


@misuse("stack expects a non-empty TensorList")
def nothing_stacked(torch):
    torch.stack([])


@misuse("shape '[4]' is invalid for input of size 6")
def a_reshape_that_loses_elements(torch):
    torch.ones(2, 3).reshape(4)


@misuse("expected sequence of length 2 at dim 1 (got 1)")
def rows_of_two_lengths_as_data(torch):
    torch.tensor([[1.0, 2.0], [3.0]])


@misuse("size mismatch, got input (2), mat (2x3), vec (2)")
def a_matrix_times_a_short_vector(torch):
    torch.ones(2, 3) @ torch.ones(2)


@misuse("inconsistent tensor size, expected tensor [2] and src [3] to have the same number of")
def a_dot_of_two_lengths(torch):
    torch.dot(torch.ones(2), torch.ones(3))


@misuse("Expected size for first two dimensions of batch2 tensor to be: [2, 4] but got: [3, 4]")
def batches_of_two_sizes(torch):
    torch.bmm(torch.ones(2, 3, 4), torch.ones(3, 4, 5))


@misuse("must be a 3D tensor")
def a_batch_without_batch_axis(torch):
    torch.bmm(torch.ones(3, 4), torch.ones(4, 5))


@misuse("self must be a matrix")
def a_batch_as_a_matrix(torch):
    torch.mm(torch.ones(2, 3, 4), torch.ones(4, 5))


@misuse("negative dimension -1")
def a_negative_length(torch):
    torch.ones(2, -1)


@misuse("mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)")
def a_layer_for_other_features(torch):
    torch.nn.Linear(4, 5)(torch.ones(2, 3))


@misuse("expected input[1, 1, 8, 8] to have 3 channels, but got 1 channels instead")
def grey_images_for_a_layer_of_colours(torch):
    torch.nn.Conv2d(3, 4, 3)(torch.ones(1, 1, 8, 8))


@misuse("Kernel size can't be greater than actual input size",
        "Calculated padded input size per channel: (2 x 2)")  # fmt: skip
def a_kernel_larger_than_the_image(torch):
    torch.nn.Conv2d(1, 1, 3)(torch.ones(1, 1, 2, 2))


@misuse("Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: [8, 8]")
def an_image_without_channels(torch):
    torch.nn.Conv2d(1, 1, 3)(torch.ones(8, 8))


@misuse("Expected input batch_size (3) to match target batch_size (2)")
def fewer_labels_than_rows(torch):
    torch.nn.functional.cross_entropy(torch.ones(3, 4), torch.tensor([0, 1]))


@misuse("0D or 1D target tensor expected, multi-target not supported")
def labels_with_an_axis_too_many(torch):
    scores = torch.zeros(3, 4, requires_grad=True)
    yield lambda: scores.grad
    torch.nn.functional.cross_entropy(scores, torch.tensor([[0], [1], [2]]))


@misuse("The size of tensor a (3) must match the size of tensor b (2)")
def a_loss_of_two_lengths(torch):
    guess = leaf(torch, 1.0, 2.0, 3.0)
    yield lambda: (guess, guess.grad)
    torch.nn.functional.mse_loss(guess, torch.ones(2))


@misuse("Using a target size (torch.Size([2])) that is different to the input size",
        way_out="ensure they have the same size")  # fmt: skip
def labels_without_the_axis_of_the_guess(torch):
    torch.nn.functional.binary_cross_entropy(torch.full((2, 1), 0.5), torch.ones(2))


@misuse("Dimension out of range (expected to be in range of [-1, 0], but got 1)")
def a_softmax_over_classes_of_one_row(torch):
    torch.ones(3).softmax(dim=1)


@misuse("has size 3 for operand 1 which does not broadcast with previously seen size 2")
def an_index_of_two_lengths_in_einsum(torch):
    torch.einsum("ij,jk->ik", torch.ones(2, 2), torch.ones(3, 2))


@misuse("the number of subscripts in the equation (3)",
        "does not match the number of dimensions (2) for operand 0")  # fmt: skip
def an_index_too_many_in_einsum(torch):
    torch.einsum("ijk->ik", torch.ones(2, 2))


@misuse("repeat dims can not be smaller than number of dimensions of tensor")
def a_matrix_repeated_along_one_axis(torch):
    torch.ones(2, 3).repeat(2)


@misuse("Expected reduction dim to be specified for input.numel() == 0",
        way_out="Specify the reduction dim with the 'dim' argument")  # fmt: skip
def the_largest_of_nothing(torch):
    torch.ones(0).max()


@misuse("must be batches of square matrices, but they are 2 by 3 matrices")
def the_inverse_of_a_rectangle(torch):
    torch.linalg.inv(torch.ones(2, 3))


@misuse("input is not positive-definite")
def cholesky_of_a_matrix_that_is_not_positive(torch):
    torch.linalg.cholesky(-torch.eye(2))


@misuse("selected index k out of range")
def more_of_the_largest_than_there_are(torch):
    torch.ones(3).topk(5)


@misuse("Expected more than 1 value per channel when training, got input size torch.Size([1, 3])")
def a_batch_of_one_to_be_normalised(torch):
    layer = torch.nn.BatchNorm1d(3)
    yield lambda: (layer.running_mean, layer.num_batches_tracked)
    layer(torch.ones(1, 3))


@misuse("expected 4D input (got 2D input)")
def rows_in_a_layer_for_images(torch):
    torch.nn.BatchNorm2d(3)(torch.ones(2, 3))


@misuse("Given normalized_shape=[4], expected input with shape [*, 4], but got input of size[2, 3]")
def a_norm_over_another_length(torch):
    torch.nn.LayerNorm(4)(torch.ones(2, 3))


@misuse("The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0")
def a_choice_between_two_lengths(torch):
    torch.where(torch.tensor([True, False]), torch.ones(2), torch.ones(3))


@misuse("must be tuple of ints, not float")
def a_length_of_a_half(torch):
    torch.zeros(5 / 2)


@misuse("argument 'shape'", "must be tuple of ints", "float")
def a_reshape_to_a_quotient(torch):
    torch.ones(4).reshape((4 / 2, 2))


@misuse("must be tuple of Tensors, not Tensor")
def a_tensor_stacked_by_itself(torch):
    torch.stack(torch.ones(2, 2))


@misuse("must be Tensor, not int")
def the_exponential_of_a_number(torch):
    torch.exp(3)


@misuse("must be Tensor, not int")
def a_tensor_equal_to_a_number(torch):
    torch.equal(torch.ones(2), 1)


@misuse("The size of tensor a", "must match the size of tensor b", "non-singleton dimension 0")
def a_fill_by_a_mask_that_is_too_short(torch):
    x = torch.ones(3)
    yield lambda: (x, x._version)
    x.masked_fill_(torch.tensor([True, False]), 0.0)


@misuse("Incompatible shapes of A and B for the equation AX = B (2x2 and 3x2)")
def a_system_with_a_right_side_too_long(torch):
    torch.linalg.solve(torch.eye(2), torch.ones(3, 2))
