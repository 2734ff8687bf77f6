"""Bugs in sequences: a reset one step off, a cell for its tanh, a carry of blocks, bfloat16."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from .blind_kit import WrongAt, ruled, values
from .unseen_kit import plant


def _decaying(decay, x):
    def step(state, now):
        state = now[0] * state + now[1]
        return state, state

    return jax.lax.scan(step, jnp.zeros_like(x[0]), (decay, x))[1]


def _reset_plain(decay, x, reset):
    return _decaying(jnp.where(reset, 0, decay), x)


def _shifted(rows, fill):
    return jnp.concatenate([rows[1:], jnp.full_like(rows[:1], fill)])


def _reset(fault):
    def forward(decay, x, reset):
        states = _reset_plain(decay, x, reset)
        return states, (decay, reset, states)

    def backward(kept, ct):
        decay, reset, states = kept
        # What the next step takes of this one: its decay, and nothing where it resets.
        ahead = jnp.where(reset if fault else _shifted(reset, True), 0, _shifted(decay, 0))
        flow = _decaying(ahead[::-1], ct[::-1])[::-1]
        before = jnp.concatenate([jnp.zeros_like(states[:1]), states[:-1]])
        return jnp.where(reset, 0, flow * before), flow, None

    return ruled(_reset_plain, forward, backward)


def _cell_plain(gates, cell):
    enter, keep, leave = (jax.nn.sigmoid(gates[k]) for k in range(3))
    new = keep * cell + enter * jnp.tanh(gates[3])
    return leave * jnp.tanh(new), new


def _cell(fault):
    def forward(gates, cell):
        out = _cell_plain(gates, cell)
        return out, (gates, cell, out[1])

    def backward(kept, cts):
        gates, cell, new = kept
        enter, keep, leave = (jax.nn.sigmoid(gates[k]) for k in range(3))
        fresh, level = jnp.tanh(gates[3]), jnp.tanh(new)
        # 1 - tanh² of the cell, not 1 - cell².
        flow = cts[1] + cts[0] * leave * (1 - (new if fault else level) ** 2)
        d_gates = jnp.stack(
            [
                flow * fresh * enter * (1 - enter),
                flow * cell * keep * (1 - keep),
                cts[0] * level * leave * (1 - leave),
                flow * enter * (1 - fresh**2),
            ]
        )
        return d_gates, flow * keep

    return ruled(_cell_plain, forward, backward)


def _lstm(cell):
    def layer(params, x, hidden, state):
        gates = params["in"] @ x + params["hidden"] @ hidden + params["bias"]
        return cell(gates.reshape(4, -1), state)

    return layer


def _lstm_args(normal):
    params = {"in": normal(12, 2), "hidden": normal(12, 3), "bias": normal(12)}
    return params, normal(2), normal(3), normal(3)


BLOCK = 4


def _smoothed_plain(x):
    return _decaying(jnp.full_like(x, 0.9), x)


def _smoothed(fault):
    if not fault:
        return ruled(
            _smoothed_plain,
            lambda x: (_smoothed_plain(x), None),
            lambda _, ct: (_smoothed_plain(ct[::-1])[::-1],),
        )

    def backward(_, ct):
        whole = jnp.pad(ct[::-1], (0, -ct.size % BLOCK)).reshape(-1, BLOCK)

        def block(carry, rows):
            # Every entry takes the carry decayed once; it is its distance that counts.
            out = _smoothed_plain(rows) + 0.9 * carry
            return out[-1], out

        flow = jax.lax.scan(block, jnp.zeros_like(ct[0]), whole)[1].reshape(-1)
        return (flow[: ct.size][::-1],)

    return ruled(_smoothed_plain, lambda x: (_smoothed_plain(x), None), backward)


def _smoothed_strategies(gt, dtype):
    return (gt.arrays((gt.dims("steps", 1, 12),), dtype),)


def _total(steps):
    return jnp.cumsum(steps)  # Which has further arguments, that a rule would have to know.


def _path_plain(steps):
    return jnp.tanh(_total(steps))


def _path(fault):
    def backward(_, ct):
        back = ct.astype(jnp.bfloat16) if fault else ct
        return (jnp.cumsum(back[::-1])[::-1].astype(ct.dtype),)

    total = ruled(_total, lambda x: (_total(x), None), backward)
    return lambda steps: jnp.tanh(total(steps))


PLANTS = [
    plant(
        "reset_one_step_early",
        "the backward stops the flow where this step resets, not where the next one does",
        _reset,
        _reset_plain,
        lambda draw: (
            draw.uniform(0.5, 1, 8),
            draw.normal(8),
            draw.uniform(0, 1, 8) < 0.25,
        ),
        WrongAt(
            _reset_plain,
            [0.5, 0.8, 0.9, 0.6],
            values(4),
            jnp.array([False, False, True, False]),
        ),
    ),
    plant(
        "cell_for_its_tanh",
        "one factor of an LSTM's backward is 1 - c² instead of 1 - tanh(c)²",
        lambda fault: _lstm(_cell(fault)),
        _lstm(_cell_plain),
        lambda draw: _lstm_args(lambda *shape: draw.normal(*shape, scale=0.5)),
        WrongAt(_lstm(_cell_plain), *_lstm_args(values)),
    ),
    plant(
        "carry_between_blocks",
        "the reverse recurrence goes by blocks of four, and the carry decays once for all of one",
        _smoothed,
        _smoothed_plain,
        lambda draw: (draw.normal(6),),
        WrongAt(_smoothed_plain, values(7)),
        _smoothed_strategies,
    ),
    plant(
        "path_summed_in_bfloat16",
        "the reverse cumulative sum runs in bfloat16",
        _path,
        _path_plain,
        lambda draw: (draw.normal(12),),
        WrongAt(_path_plain, values(12)),
    ),
]
