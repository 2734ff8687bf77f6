"""Every misuse raises PyTorch's type of error, with its key words, and leaves PyTorch's state."""

import re
from collections import Counter
from functools import cache

import pytest

import funcgrad.torch as ours

from ..tape.outcome import assert_same
from . import (  # noqa: F401 - each enters its class of misuse in the table
    backward,
    data,
    devices,
    dtypes,
    functions,
    gradients,
    hooks,
    indexing,
    inplace,
    modules,
    shapes,
    views,
)
from .misuse import TABLE, run

KINDS = {
    "backward", "grad", "in-place and versions", "views", "autograd.Function", "hooks", "shapes",
    "dtypes", "indexing", "modules and optimizers", "data loading", "devices",
}  # fmt: skip

# Where our message has not all the words of the table, on purpose. The type is equal here too.
WORDS_DIFFER = {
    "a_number_as_the_gradient": "PyTorch fails in going through it; ours says the rule",
    "with_a_number_as_the_gradient": "PyTorch fails in going through it; ours says the rule",
    "a_gradient_of_another_dtype": "our tensors have no `grad_dtype`; our way out is `.to(…)`",
}

# Words by which a message of PyTorch's says what to do instead.
_ADVICE = re.compile(
    r"\b(use (?!this|case)|set |specify|please|instead|you can (?!only)|clone\(|ensure|hint|"
    r"you should|the only supported|consider|you must)",
    re.IGNORECASE,
)
# What looks like advice and is none.
NO_ADVICE = {
    "a_sampler_exchanged": "“should not be set after”",
    "made_on_a_mac": "“please visit” is for Facebook's employees",
    "a_generator_on_a_gpu": "“trying to use some CUDA functionality”",
    "an_embedding_of_floats": "“got … instead”",
    "grey_images_for_a_layer_of_colours": "“got … instead”",
}


def plain(text):
    """Words and numbers alone: case and punctuation do not count."""
    return " ".join(re.findall(r"\w+", text.lower()))


def lacking(words, message):
    """Those of the phrases that a message does not have."""
    return [phrase for phrase in words if plain(phrase) not in plain(message)]


@cache
def errors(name, oracle):
    """What a misuse raises on PyTorch, and on ours."""
    theirs = run(TABLE[name], oracle)
    assert theirs is not None, "PyTorch raises nothing here"
    mine = run(TABLE[name], ours)
    assert mine is not None, f"no error, where PyTorch raises {theirs.names[0]}: {theirs.message}"
    return theirs, mine


@pytest.mark.parametrize("name", TABLE)
def test_the_type_is_pytorchs(name, oracle):
    theirs, mine = errors(name, oracle)
    assert mine.names == theirs.names, mine.message


@pytest.mark.parametrize("name", TABLE)
def test_the_message_has_the_words_of_pytorchs(name, oracle):
    theirs, mine = errors(name, oracle)
    misuse = TABLE[name]
    assert not lacking((*misuse.words, *misuse.way_out), theirs.message), theirs.message
    missing = lacking((*misuse.words, *misuse.way_out), mine.message)
    if name in WORDS_DIFFER:
        assert missing, f"{name} has PyTorch's words now: take it out of WORDS_DIFFER"
    else:
        assert not missing, f"{missing} not in: {mine.message}\nPyTorch's: {theirs.message}"


@pytest.mark.parametrize("name", TABLE)
def test_the_way_out_is_in_the_table_where_pytorch_says_one(name, oracle):
    theirs, _ = errors(name, oracle)
    found = _ADVICE.search(theirs.message)
    if name in NO_ADVICE:
        assert found, f"{name} needs no entry in NO_ADVICE"
    elif found:
        assert TABLE[name].way_out, f"a way out is not compared: {theirs.message}"


@pytest.mark.parametrize("name", [name for name, misuse in TABLE.items() if misuse.leaves_state])
def test_the_error_leaves_the_state_of_pytorch(name, oracle):
    theirs, mine = errors(name, oracle)
    assert theirs.state, "the program raised before the state could be looked at"
    assert_same(mine.state, theirs.state)


def test_the_table_is_large_and_whole():
    counts = Counter(misuse.kind for misuse in TABLE.values())
    assert counts.keys() == KINDS
    assert min(counts.values()) >= 10, counts
    assert len(TABLE) >= 300
    assert sum(misuse.leaves_state for misuse in TABLE.values()) >= 20


def test_words_differ_in_few_cases():
    assert WORDS_DIFFER.keys() <= TABLE.keys()
    assert len(WORDS_DIFFER) <= len(TABLE) / 20
    assert NO_ADVICE.keys() <= TABLE.keys()


def test_every_case_names_words():
    assert [name for name, misuse in TABLE.items() if not misuse.words] == ["one_batch_too_many"]
