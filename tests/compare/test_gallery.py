"""Examples are found by id, section or file, and read without running them."""

import ast

import pytest

from funcgrad.compare.errors import UsageError
from funcgrad.compare.excerpt import excerpt
from funcgrad.compare.gallery import OWN, SECTIONS, choose, gallery_folder, gallery_paths
from funcgrad.compare.skeleton import SKELETON, read_example


def ids(names):
    return [example.id for example in choose(names)]


def test_the_gallery_is_what_its_sections_list():
    assert list(gallery_paths()) == [name for names in SECTIONS.values() for name in names]


def test_every_example_has_the_skeleton():
    for example in choose([]):
        assert example.title
        assert example.idea
        assert example.source
        assert example.note
        assert "def jax_style" in example.jax_code
        assert "def pytorch_style(torch" in example.pytorch_code


def test_every_training_has_a_step():
    assert ids(["training"]) == [e.id for e in choose([]) if not e.lacks("step_style")]
    assert not any(example.lacks("jax_style") for example in choose([]))


def test_names_sections_and_files_in_the_order_given(write_example):
    own = write_example("my_own")
    assert ids(["chain", str(own), "attributes"]) == ["chain", "my-own", "attributes"]
    assert ids(["vectors"]) == list(SECTIONS["vectors"])
    assert choose([str(own)])[0].section == OWN


def test_hyphens_and_underscores_are_one():
    assert ids(["retain_graph", "third-power_orders"]) == ["retain-graph", "third-power-orders"]
    assert ids(["first-gradients"]) == list(SECTIONS["first_gradients"])


def test_an_example_named_twice_runs_once():
    path = str(gallery_folder() / "graph" / "chain.py")
    assert ids(["chain", "chain", path]) == ["chain"]
    assert choose([path])[0].section == "graph"


def test_the_gallery_may_be_elsewhere(tmp_path):
    (tmp_path / "graph").mkdir()
    for name in ("zz", "chain", "aa", "_helper"):
        (tmp_path / "graph" / f"{name}.py").touch()
    assert list(gallery_paths(tmp_path)) == ["chain", "aa", "zz"]
    with pytest.raises(UsageError, match="not part of this installation"):
        choose([], tmp_path / "nowhere")


def test_an_unknown_name_is_answered_with_the_close_ones():
    with pytest.raises(UsageError, match=r"no example 'chian'; close names: chain"):
        choose(["chian"])
    with pytest.raises(UsageError, match=r"no example 'qqqqqq'; `funcgrad compare --list`"):
        choose(["qqqqqq"])
    with pytest.raises(UsageError, match=r"there is no file .*chain\.py"):
        choose(["nowhere/chain.py"])


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('"""Title in one line', '# """', "is not Python"),
        ("def inputs", "def input", "`inputs` is missing"),
        ("def jax_style", "def jax", "`jax_style` is missing"),
        ("def pytorch_style", "def torch_style", "`pytorch_style` is missing"),
        ("def inputs(seed=0)", "def inputs()", "must take a seed"),
        ("def inputs(seed=0)", "def inputs(seed)", "must take a seed"),
        ("pytorch_style(torch, x)", "pytorch_style(x)", "must be `torch`"),
        ("def pytorch", "def step_style(torch): ...\ndef pytorch", "must be `torch` and `scan`"),
        ("SOURCE =", "PRECISION =", '`PRECISION` is "where it comes from"'),
        ('"where it comes from"', "str(1)", "`SOURCE` must be written out"),
    ],
)
def test_a_file_without_the_skeleton_is_shown_it(tmp_path, old, new, fault):
    assert old in SKELETON
    path = tmp_path / "mine.py"
    path.write_text(SKELETON.replace(old, new, 1))
    with pytest.raises(UsageError) as caught:
        read_example(path, OWN)
    assert str(path) in str(caught.value)
    assert fault in str(caught.value)
    assert "is not Python" in fault or SKELETON in str(caught.value)


def test_a_file_without_a_docstring_and_an_unreadable_one(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("x = 1\n")
    with pytest.raises(UsageError, match="it has no docstring"):
        read_example(path, OWN)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="cannot read"):
        read_example(path, OWN)


def test_the_skeleton_that_is_shown_is_an_example(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(SKELETON)
    example = read_example(path, OWN)
    assert (example.title, example.precision, example.draws) == (
        "Title in one line",
        "float32",
        False,
    )


def test_jax_style_may_be_an_assignment_and_seed_a_keyword(tmp_path):
    text = SKELETON.replace("@jax.jit\ndef jax_style", "def slope").replace(
        "def inputs(seed=0)", "def inputs(*, seed=0)"
    )
    path = tmp_path / "mine.py"
    path.write_text(text + "\n\njax_style = jax.jit(slope)\n")
    assert read_example(path, OWN).jax_code.endswith("\n\n\njax_style = jax.jit(slope)")


MODULE = """\
import jax

# How far.
RATE = 0.1
STEPS = 3
UNUSED = 1


def used(x):
    return deeper(x)


def unused(x):
    return x


def deeper(x):
    return RATE * x


# It is jitted.
@jax.jit
def main(x):
    def unused(y):
        return y

    return [unused(used(x)) for _ in range(STEPS)]
"""


def test_a_call_that_stands_alone_belongs_to_what_it_calls():
    text = (
        "@jax.custom_vjp\ndef f(x):\n    return x\n\n\ndef rule(x, g):\n    return g\n\n\n"
        "f.defvjp(f, rule)\nother.defvjp(f, other)\nprint(1)\n\n\ndef main(x):\n    return f(x)"
    )
    found = excerpt(text, ast.parse(text), "main")
    assert "def rule" in found and "f.defvjp(f, rule)" in found
    assert "other" not in found and "print" not in found


def test_an_excerpt_is_the_function_and_what_it_reaches():
    assert excerpt(MODULE, ast.parse(MODULE), "main") == (
        "# How far.\nRATE = 0.1\nSTEPS = 3\n\n\n"
        "def used(x):\n    return deeper(x)\n\n\n"
        "def deeper(x):\n    return RATE * x\n\n\n"
        "# It is jitted.\n@jax.jit\ndef main(x):\n    def unused(y):\n        return y\n\n"
        "    return [unused(used(x)) for _ in range(STEPS)]"
    )
