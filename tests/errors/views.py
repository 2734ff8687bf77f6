"""Views: edits that they forbid, and shapes that they cannot have."""

from .misuse import leaf, misuses

misuse = misuses("views")
MULTI = "This view is the output of a function that returns multiple views"
MULTI_OUT = "You should replace the inplace operation by an out-of-place one"


@misuse("Output 0 of Split is a view and is being modified inplace", MULTI,
        way_out=MULTI_OUT)  # fmt: skip
def a_chunk_edited(torch):
    x = leaf(torch, 1.0, 2.0) * 1
    first, _ = x.chunk(2)
    yield lambda: (x, x._version)
    first.mul_(2)


@misuse("Output 0 of Select is a view", MULTI, way_out=MULTI_OUT)
def a_part_of_a_split_edited(torch):
    x = leaf(torch, 1.0, 2.0, 3.0) * 1
    _, rest = x.split([1, 2])
    rest[0] = 5.0


@misuse("Output 0 of Unbind is a view", MULTI, way_out=MULTI_OUT)
def rows_edited_in_a_loop(torch):
    rows = leaf(torch, 1.0, 2.0) * 1
    for row in rows:
        row.add_(1)


@misuse(
    "view was created in no_grad mode and is being modified inplace with grad mode enabled",
    way_out=("clarify your code", "no_grad block"),
)
def a_view_of_no_grad_edited_with_grad(torch):
    x = leaf(torch, 1.0, 2.0) * 1
    with torch.no_grad():
        view = x[:1]
    yield lambda: (x, x._version)
    view.mul_(2)


@misuse("more than one element of the written-to tensor refers to a single memory location",
        way_out="Please clone() the tensor before")  # fmt: skip
def an_expanded_row_assigned(torch):
    x = torch.zeros(1, 3)
    yield lambda: (x, x._version)
    x.expand(2, 3)[:, 0] = torch.ones(2)


@misuse("only one dimension can be inferred")
def two_lengths_left_open(torch):
    torch.ones(2, 3).view(-1, -1)


@misuse("shape '[-1, 4]' is invalid for input of size 6")
def a_length_that_cannot_be_inferred(torch):
    torch.ones(2, 3).view(-1, 4)


@misuse("view size is not compatible with input tensor's size and stride",
        way_out="Use .reshape(...) instead")  # fmt: skip
def heads_joined_after_a_permutation(torch):
    x = torch.ones(2, 3, 4, 5)
    x.transpose(1, 2).view(2, 4, 15)


@misuse("number of dimensions in the tensor input does not match the length of the desired",
        "input.dim() = 3 is not equal to len(dims) = 2")  # fmt: skip
def too_few_dimensions_to_permute(torch):
    torch.ones(2, 3, 4).permute(1, 0)


@misuse("duplicate dims are not allowed")
def a_dimension_permuted_twice(torch):
    torch.ones(2, 3).permute(0, 0)


@misuse("Dimension out of range (expected to be in range of [-2, 1], but got 2)")
def a_transposition_of_images_of_two_dimensions(torch):
    torch.ones(2, 3).transpose(0, 2)


@misuse("The expanded size of the tensor (4) must match the existing size (3)",
        "non-singleton dimension 0")  # fmt: skip
def an_expansion_of_three_to_four(torch):
    torch.ones(3).expand(4)


@misuse("the number of sizes provided (1) must be greater or equal to the number of dimensions")
def an_expansion_to_fewer_dimensions(torch):
    torch.ones(2, 3).expand(3)


@misuse("start (2) + length (3) exceeds dimension size (3)")
def a_narrow_part_beyond_the_end(torch):
    torch.ones(3).narrow(0, 2, 3)


@misuse("select(): index 5 out of range for tensor of size [3] at dimension 0")
def a_selection_beyond_the_end(torch):
    torch.ones(3).select(0, 5)


@misuse("Provided sizes [2, 2] don't multiply up to the size of dim 0 (6)")
def an_axis_unflattened_wrongly(torch):
    torch.ones(6).unflatten(0, (2, 2))


@misuse("self.size(-1) must be divisible by 2 to view Float as Double")
def three_floats_read_as_doubles(torch):
    torch.ones(3).view(torch.float64)


@misuse("Dimension out of range (expected to be in range of [-2, 1], but got 5)")
def an_axis_inserted_too_far(torch):
    torch.ones(3).unsqueeze(5)


@misuse("maximum size for tensor at dimension 0 is 3 but size is 4")
def windows_longer_than_the_axis(torch):
    torch.ones(3).unfold(0, 4, 1)


@misuse("diagonal dimensions cannot be identical 0, 0")
def a_diagonal_of_one_axis(torch):
    torch.ones(3, 3).diagonal(0, 0, 0)


@misuse("chunk expects `chunks` to be greater than 0")
def no_chunks(torch):
    torch.ones(3).chunk(0)


@misuse("start_dim cannot come after end_dim")
def flattened_backwards(torch):
    torch.ones(2, 3, 4).flatten(2, 1)


@misuse("view_as_real is only supported for complex tensors")
def real_numbers_seen_as_pairs(torch):
    torch.view_as_real(torch.ones(2))


@misuse("Tensor must have a last dimension of size 2")
def triples_seen_as_complex(torch):
    torch.view_as_complex(torch.ones(2, 3))


@misuse("Can't detach views in-place", way_out="Use detach() instead")
def a_view_detached_in_place(torch):
    x = leaf(torch, 1.0, 2.0) * 1
    x[0].detach_()
