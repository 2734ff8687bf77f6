"""The program of a function: its equations, and the programs inside them."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from funcgrad.errors import GraphError
from funcgrad.graphs import jaxpr

LONG = np.arange(3.0, dtype=np.float32)


@jax.custom_jvp
def half(x):
    return x / 2


half.defjvp(lambda primals, tangents: (half(*primals), tangents[0] / 2))


@jax.jit
def square(x):
    return half(x * x)


def network(params, x):
    hidden = jnp.tanh(x @ params["w"] + params["b"])
    return {"hidden": hidden, "sum": hidden.sum(0)}


@pytest.mark.parametrize(
    ("function", "arguments", "lines"),
    [
        (
            lambda x, y: 1 - x * x,
            (1.0, 2.0),
            [
                "input x: float32[]",
                "input y: float32[]",
                "input x: float32[] -> mul: float32[]",
                "input x: float32[] -> mul: float32[]",
                "mul: float32[] -> sub 1.0 ·: float32[]",
                "sub 1.0 ·: float32[] -> output: float32[]",
            ],
        ),
        (
            network,
            ({"w": np.ones((2, 3), np.float32), "b": LONG}, np.ones((4, 2), np.float32)),
            [
                "input params.b: float32[3]",
                "input params.w: float32[2,3]",
                "input x: float32[4,2] -> dot_general: float32[4,3]",
                "input params.w: float32[2,3] -> dot_general: float32[4,3]",
                "input params.b: float32[3] -> broadcast_in_dim: float32[1,3]",
                "dot_general: float32[4,3] -> add: float32[4,3]",
                "broadcast_in_dim: float32[1,3] -> add: float32[4,3]",
                "add: float32[4,3] -> tanh: float32[4,3]",
                "tanh: float32[4,3] -> reduce_sum axes=(0,): float32[3]",
                "tanh: float32[4,3] -> output hidden: float32[4,3]",
                "reduce_sum axes=(0,): float32[3] -> output sum: float32[3]",
            ],
        ),
        (
            lambda x: (x + LONG, 2.0),
            (LONG,),
            [
                "constant: float32[3]",
                "input x: float32[3] -> add: float32[3]",
                "constant: float32[3] -> add: float32[3]",
                "add: float32[3] -> output [0]: float32[3]",
                "output [1] = 2.0: float32[]",
            ],
        ),
        (functools.partial(lambda power, x: x**power, 3), (1.0,), ["integer_pow y=3: float32[]"]),
        (jax.checkpoint(jnp.sin), (1.0,), ["sin: float32[]"]),
    ],
    ids=["literals", "pytrees", "constants", "parameters", "checkpoint"],
)
def test_programs(function, arguments, lines):
    found = jaxpr(function, *arguments).lines()
    if len(lines) > 1:
        assert found == lines
    else:
        assert found[0].endswith(f"-> {lines[0]}")


def test_keyword_arguments_are_inputs():
    graph = jaxpr(lambda x, *, y: x - y, 1.0, y=np.int32(2))
    assert [node.text for node in graph.nodes if node.kind == "input"] == [
        "input x: float32[]",
        "input y: int32[]",
    ]


@pytest.mark.parametrize(
    ("depth", "operations"),
    [
        (0, ["jit square", "neg"]),
        (1, ["mul", "custom_jvp_call half", "neg"]),
        (2, ["mul", "div · 2.0", "neg"]),
        (9, ["mul", "div · 2.0", "neg"]),
    ],
)
def test_calls_are_opened_in_their_place(depth, operations):
    graph = jaxpr(lambda x: -square(x), 3.0, depth=depth)
    assert [node.label for node in graph.nodes if node.kind == "operation"] == operations
    assert len(graph.edges) == (3 if depth == 0 else 5)


def test_a_function_that_is_jitted_is_shown_as_it_is():
    assert jaxpr(jax.jit(lambda x: 2 * x), 1.0) == jaxpr(lambda x: 2 * x, 1.0)


def branches(x):
    return lax.cond(x > 0, lambda x: lax.cond(x > 1, jnp.sin, jnp.cos, x), lambda x: -x, x)


def test_branches_are_groups_beside_the_program():
    graph = jaxpr(branches, 1.0)
    groups = {}
    for node in graph.nodes:
        groups.setdefault(node.group, []).append(node.label)
    assert groups == {
        "": ["input x", "gt · 0.0", "convert_element_type", "cond", "output"],
        "branch 0 of cond": ["input x", "neg", "output"],
        "branch 1 of cond": ["input x", "gt · 1.0", "convert_element_type", "cond", "output"],
    }
    deeper = {node.group for node in jaxpr(branches, 1.0, depth=2).nodes}
    assert deeper == {*groups, "branch 0 of cond (2)", "branch 1 of cond (2)"}
    assert {node.group for node in jaxpr(branches, 1.0, depth=0).nodes} == {""}
    # A call that follows takes nothing away, and one around adds its own.
    assert {node.group for node in jaxpr(lambda x: square(branches(x)), 1.0).nodes} == {*groups}
    assert {node.group for node in jaxpr(jax.jit(branches), 1.0, depth=2).nodes} == {*groups}


def test_loops_show_their_conditions_and_bodies():
    ones = np.ones(3, np.float32)

    def loops(x):
        x = lax.while_loop(lambda x: x < 9, lambda x: 2 * x, x)
        return lax.scan(lambda total, step: (total + step * x, total), np.float32(0), ones)

    graph = jaxpr(loops, np.float32(1))
    assert [line for line in graph.lines() if " of " in line] == [
        "condition of while | input x: float32[] -> condition of while | lt · 9.0: bool[]",
        "condition of while | lt · 9.0: bool[] -> condition of while | output: bool[]",
        "body of while | input x: float32[] -> body of while | mul 2.0 ·: float32[]",
        "body of while | mul 2.0 ·: float32[] -> body of while | output: float32[]",
        "body of scan | input: float32[]",
        "body of scan | input total: float32[]",
        "body of scan | input step: float32[] -> body of scan | mul: float32[]",
        "body of scan | input: float32[] -> body of scan | mul: float32[]",
        "body of scan | input total: float32[] -> body of scan | add: float32[]",
        "body of scan | mul: float32[] -> body of scan | add: float32[]",
        "body of scan | add: float32[] -> body of scan | output [0]: float32[]",
        "body of scan | input total: float32[] -> body of scan | output [1]: float32[]",
    ]
    assert any("scan · 0.0 · length=3: float32[], float32[3]" in line for line in graph.lines())


@pytest.mark.parametrize("function", [jax.grad(lambda x: branches(x) * jnp.sin(x)), square, half])
def test_nothing_of_a_program_is_left_out(function):
    program = jax.make_jaxpr(function)(1.0).jaxpr
    graph = jaxpr(function, 1.0, depth=0)
    operations = [node for node in graph.nodes if node.kind == "operation"]
    assert len(operations) == len(program.eqns)
    reads = [atom for equation in program.eqns for atom in equation.invars] + program.outvars
    assert len(graph.edges) == sum(not hasattr(atom, "val") for atom in reads)


def test_depth_is_not_negative():
    with pytest.raises(GraphError, match="a depth of 0 or more, not -1"):
        jaxpr(jnp.sin, 1.0, depth=-1)
