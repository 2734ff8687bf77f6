"""Bugs in losses: another class, ignored rows, no way at all, one side of two, sums taken for 1."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from .blind_kit import WrongAt, ruled, values
from .unseen_kit import plant


def _signed(logits, labels):
    return jnp.where(labels == 1, logits, -logits)


def _focal_plain(logits, labels):
    signed = _signed(logits, labels)
    return jnp.mean(jax.nn.sigmoid(-signed) ** 2 * jax.nn.softplus(-signed))


def _focal(fault):
    def backward(kept, ct):
        logits, labels = kept
        signed = _signed(logits, labels)
        right, wrong = jax.nn.sigmoid(signed), jax.nn.sigmoid(-signed)
        loss = jax.nn.softplus(-logits if fault else -signed)
        slope = -2 * wrong**2 * right * loss - wrong**3
        return ct / logits.size * jnp.where(labels == 1, slope, -slope), None

    return ruled(_focal_plain, lambda *args: (_focal_plain(*args), args), backward)


def _smoothed_plain(logits, labels):
    kept = labels >= 0
    logs = jax.nn.log_softmax(logits)
    hard = jnp.take_along_axis(logs, jnp.maximum(labels, 0)[:, None], axis=1)[:, 0]
    rows = jnp.where(kept, 0.9 * hard + 0.1 * logs.mean(axis=1), 0)
    return -rows.sum() / jnp.maximum(kept.sum(), 1)


def _smoothed(fault):
    def backward(args, ct):
        logits, labels = args
        kept = (labels >= 0)[:, None]
        shares = jax.nn.softmax(logits)
        hard = jnp.where(kept, shares - jax.nn.one_hot(labels, logits.shape[1]), 0)
        soft = shares - 1 / logits.shape[1]
        if not fault:
            soft = jnp.where(kept, soft, 0)
        slope = (0.9 * hard + 0.1 * soft) / jnp.maximum(kept.sum(), 1)
        return (ct * slope).astype(logits.dtype), None

    return ruled(_smoothed_plain, lambda *args: (_smoothed_plain(*args), args), backward)


STATES = 3


def _likelihood(logs, frames):
    """The log of the sum over all ways through three states, 0 where no way is short enough."""

    def step(reached, now):
        row, live = now
        moved = reached + jnp.concatenate([jnp.zeros_like(reached[:1]), reached[:-1]])
        return jnp.where(live, moved * jnp.exp(row[:STATES]), reached), None

    start = jnp.zeros_like(logs[0, :STATES]).at[0].set(jnp.exp(logs[0, 0]))
    live = jnp.arange(1, logs.shape[0]) < frames
    end = jax.lax.scan(step, start, (logs[1:], live))[0][STATES - 1]
    possible = end > 0
    return jnp.where(possible, jnp.log(jnp.where(possible, end, 1)), 0), possible


def _alignment_plain(logits, frames):
    logs = jax.nn.log_softmax(logits)
    return -jnp.sum(jax.vmap(lambda rows, count: _likelihood(rows, count)[0])(logs, frames))


def _alignment(fault):
    def backward(args, ct):
        logits, frames = args

        def one(rows, count):
            logs = jax.nn.log_softmax(rows)
            share, possible = jax.grad(_likelihood, has_aux=True)(logs, count)
            live = jnp.arange(rows.shape[0])[:, None] < jnp.maximum(count, 1)
            # What the model expects minus what the ways tell; of no way, nothing is told.
            expected = jnp.where(live & (fault | possible), jnp.exp(logs), 0)
            return expected - share

        return ct * jax.vmap(one)(logits, frames), None

    return ruled(_alignment_plain, lambda *args: (_alignment_plain(*args), args), backward)


def _partners(places):
    count = places.shape[0]
    return (jnp.arange(count) + count // 2) % count


def _contrast_plain(places):
    likeness = places @ places.T
    partner = jnp.take_along_axis(likeness, _partners(places)[:, None], axis=1)[:, 0]
    return jnp.mean(jax.nn.logsumexp(likeness, axis=1) - partner)


def _contrast(fault):
    def backward(places, ct):
        count = places.shape[0]
        likeness = places @ places.T
        chosen = jax.nn.one_hot(_partners(places), count, dtype=places.dtype)
        d_likeness = ct * (jax.nn.softmax(likeness) - chosen) / count
        both = d_likeness if fault else d_likeness + d_likeness.T
        return (both @ places,)

    return ruled(_contrast_plain, lambda places: (_contrast_plain(places), places), backward)


def _soft_plain(logits, targets):
    return -jnp.sum(targets * jax.nn.log_softmax(logits)) / logits.shape[0]


def _soft(fault):
    def backward(kept, ct):
        logits, targets = kept
        weight = 1 if fault else targets.sum(axis=1, keepdims=True)
        slope = weight * jax.nn.softmax(logits) - targets
        ct = ct / logits.shape[0]
        return ct * slope, -ct * jax.nn.log_softmax(logits)

    return ruled(_soft_plain, lambda *args: (_soft_plain(*args), args), backward)


def _shares(draw, rows, classes):
    raw = draw.uniform(0.1, 1, rows, classes)
    return raw / raw.sum(axis=1, keepdims=True)


PLANTS = [
    plant(
        "focal_term_of_the_other_class",
        "one factor of the slope takes the logit as it stands, wrong for the class 0",
        _focal,
        _focal_plain,
        lambda draw: (draw.normal(8), draw.integers(0, 2, 8)),
        WrongAt(_focal_plain, values(4), jnp.array([0, 1, 0, 1], jnp.int32)),
    ),
    plant(
        "ignored_rows_are_smoothed",
        "a row whose label says to ignore it still gets the gradient of the smoothing",
        _smoothed,
        _smoothed_plain,
        lambda draw: (draw.normal(6, 4), draw.integers(-1, 4, 6)),
        WrongAt(_smoothed_plain, values(3, 4), jnp.array([2, -1, 0], jnp.int32)),
    ),
    plant(
        "alignment_that_does_not_exist",
        "a sequence too short for any alignment has loss 0, and the softmax for its gradient",
        _alignment,
        _alignment_plain,
        lambda draw: (draw.normal(3, 5, 4), draw.integers(1, 6, 3)),
        WrongAt(_alignment_plain, values(2, 5, 4), jnp.array([5, 2], jnp.int32)),
    ),
    plant(
        "likeness_seen_from_one_side",
        "the gradient of a matrix of inner products goes to the rows, not to the columns",
        _contrast,
        _contrast_plain,
        lambda draw: (draw.normal(6, 3),),
        WrongAt(_contrast_plain, values(4, 3)),
    ),
    plant(
        "targets_taken_for_normalised",
        "the softmax is not weighed by the sum of the row's targets, which is 1 as a rule",
        _soft,
        _soft_plain,
        lambda draw: (draw.normal(4, 5), _shares(draw, 4, 5)),
        WrongAt(_soft_plain, values(2, 3), values(2, 3, seed=2)),
    ),
]
