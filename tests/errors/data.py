"""Data sets, samplers, batches and loaders, used wrongly."""

import numpy as np

from .misuse import misuses

misuse = misuses("data loading")


class Rows:
    """A data set of vectors; of which lengths, its maker says."""

    def __init__(self, torch, *lengths):
        self.torch, self.lengths = torch, lengths

    def __len__(self):
        return len(self.lengths)

    def __getitem__(self, i):
        return self.torch.ones(self.lengths[i])


def stream(torch, n=3):
    """A data set that only counts."""

    class Stream(torch.utils.data.IterableDataset):
        def __iter__(self):
            return iter(range(n))

    return Stream()


@misuse("stack expects each tensor to be equal size, but got [1] at entry 0 and [2] at entry 1")
def rows_of_two_lengths_in_a_batch(torch):
    list(torch.utils.data.DataLoader(Rows(torch, 1, 2), batch_size=2))


@misuse("each element in list of batch should be of equal size")
def lists_of_two_lengths_in_a_batch(torch):
    list(torch.utils.data.DataLoader([[1], [1, 2]], batch_size=2))


@misuse("batch must contain tensors, numpy arrays, numbers, dicts or lists", "NoneType")
def a_label_that_is_none(torch):
    data = [(torch.ones(1), None), (torch.ones(1), None)]
    list(torch.utils.data.DataLoader(data, batch_size=2))


@misuse("batch must contain tensors, numpy arrays, numbers, dicts or lists")
def an_object_in_a_batch(torch):
    list(torch.utils.data.DataLoader([object()]))


@misuse("batch must contain tensors, numpy arrays, numbers, dicts or lists", "<U1")
def words_of_numpy_in_a_batch(torch):
    torch.utils.data.default_collate([np.array(["a"]), np.array(["b"])])


@misuse("label")
def a_key_that_one_row_lacks(torch):
    data = [{"x": 1, "label": 2}, {"x": 1}]
    list(torch.utils.data.DataLoader(data, batch_size=2))


@misuse("0")
def a_dictionary_by_name_as_a_data_set(torch):
    list(torch.utils.data.DataLoader({"a": 1, "b": 2}))


@misuse("has no len()")
def the_length_of_a_stream(torch):
    len(torch.utils.data.DataLoader(stream(torch)))


@misuse("has no len()")
def a_generator_as_a_data_set(torch):
    list(torch.utils.data.DataLoader((i for i in range(3)), shuffle=True))


@misuse("DataLoader with IterableDataset: expected unspecified shuffle option, but got shuffle=")
def a_stream_shuffled(torch):
    torch.utils.data.DataLoader(stream(torch), shuffle=True)


@misuse("DataLoader with IterableDataset: expected unspecified batch_sampler option")
def a_stream_with_a_sampler_of_batches(torch):
    torch.utils.data.DataLoader(stream(torch), batch_sampler=[[0]])


@misuse("batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and")
def a_sampler_of_batches_and_a_size(torch):
    torch.utils.data.DataLoader(Rows(torch, 1), batch_size=2, batch_sampler=[[0]])


@misuse("multiprocessing_context can only be used with multi-process loading (num_workers > 0)")
def processes_without_workers(torch):
    torch.utils.data.DataLoader(Rows(torch, 1), multiprocessing_context="fork")


@misuse("index 99 is out of bounds for dimension 0 with size 2")
def a_subset_beyond_the_end(torch):
    data = torch.utils.data
    data.Subset(data.TensorDataset(torch.ones(2)), [0, 99])[1]


@misuse("list index out of range")
def a_subset_of_a_list_beyond_the_end(torch):
    data = torch.utils.data
    list(data.DataLoader(data.Subset([1, 2], [0, 5])))


@misuse("Size mismatch between tensors")
def fewer_labels_than_inputs(torch):
    torch.utils.data.TensorDataset(torch.ones(3, 2), torch.ones(2))


@misuse("absolute value of index should not exceed dataset length")
def a_joined_data_set_from_the_far_end(torch):
    torch.utils.data.ConcatDataset([[1], [2, 3]])[-4]


@misuse("datasets should not be an empty iterable")
def nothing_joined_to_a_data_set(torch):
    torch.utils.data.ConcatDataset([])


@misuse("ChainDataset only supports IterableDataset")
def a_list_chained_to_a_stream(torch):
    list(torch.utils.data.ChainDataset([stream(torch), [1, 2]]))


@misuse("Sum of input lengths does not equal the length of the input dataset")
def parts_that_are_too_long(torch):
    torch.utils.data.random_split(range(10), [8, 3])


@misuse("Fraction at index 0 is not between 0 and 1")
def a_negative_fraction(torch):
    torch.utils.data.random_split(range(10), [1.5, -0.5])


@misuse("batch_size should be a positive integer value, but got batch_size=2.5")
def a_batch_of_two_and_a_half(torch):
    torch.utils.data.DataLoader(Rows(torch, 1, 1, 1), batch_size=2.5)


@misuse("num_samples should be a positive integer value, but got num_samples=0")
def an_empty_data_set_shuffled(torch):
    torch.utils.data.DataLoader([], shuffle=True)


@misuse("num_samples should be a positive integer value, but got num_samples=-1")
def a_negative_number_of_samples(torch):
    torch.utils.data.RandomSampler(range(3), replacement=True, num_samples=-1)


@misuse("is not an iterator")
def the_next_batch_of_a_loader(torch):
    next(torch.utils.data.DataLoader(Rows(torch, 1)))


@misuse("not subscriptable")
def a_batch_by_its_number(torch):
    torch.utils.data.DataLoader(Rows(torch, 1))[0]


@misuse()
def one_batch_too_many(torch):
    batches = iter(torch.utils.data.DataLoader(Rows(torch, 1)))
    next(batches)
    next(batches)


@misuse("attribute should not be set after DataLoader is initialized")
def a_sampler_exchanged(torch):
    loader = torch.utils.data.DataLoader(Rows(torch, 1))
    yield lambda: len(loader)
    loader.sampler = [0, 0]


@misuse("the user's own")
def a_data_set_that_raises(torch):
    class Broken(torch.utils.data.Dataset):
        def __len__(self):
            return 3

        def __getitem__(self, i):
            raise ValueError("the user's own")

    list(torch.utils.data.DataLoader(Broken()))


@misuse("Subclasses of Dataset should implement __getitem__")
def a_data_set_without_getitem(torch):
    class Empty(torch.utils.data.Dataset):
        def __len__(self):
            return 1

    list(torch.utils.data.DataLoader(Empty()))


@misuse("unexpected keyword argument 'batchsize'")
def an_option_spelt_wrongly(torch):
    torch.utils.data.DataLoader(Rows(torch, 1), batchsize=2)
