"""Bugs in closed forms: a box, a unit length, a switch, a put's rate, a tail and a mixture."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp

from .blind_kit import WrongAt, recomputed, ruled, values
from .unseen_kit import plant


def _nearest(gap, box):
    return gap - box * jnp.round(gap / box)


def _crystal(nearest):
    def energy(places, box):
        gaps = nearest(places[:, None, :] - places[None, :, :], box)
        # Even about half a box, so that there it has a kink, not a jump.
        return jnp.sum(jnp.exp(-jnp.sum(gaps**2, axis=-1)))

    return energy


def _image(fault):
    def backward(kept, ct):
        gap, box = kept
        d_box = -jnp.sum(ct * jnp.round(gap / box))
        return ct, jnp.zeros_like(box) if fault else d_box

    return _crystal(ruled(_nearest, lambda *args: (_nearest(*args), args), backward))


def _image_strategies(gt, dtype):
    return gt.arrays((4, 3), dtype), gt.arrays((), dtype, 2.0, 6.0)


def _unit(q):
    return q / jnp.sqrt(jnp.sum(q**2))


def _rotated(unit, point):
    part, axis = unit[0], unit[1:]
    turn = 2 * jnp.cross(axis, point)
    return point + part * turn + jnp.cross(axis, turn)


def _rotation_plain(q, point):
    return _rotated(_unit(q), point)


def _rotation(fault):
    def backward(kept, ct):
        q, point = kept
        unit = _unit(q)
        d_unit, d_point = jax.vjp(_rotated, unit, point)[1](ct)
        if not fault:  # The length of q makes no difference, so that nothing goes along q.
            d_unit = (d_unit - unit * jnp.sum(unit * d_unit)) / jnp.sqrt(jnp.sum(q**2))
        return d_unit, d_point

    return ruled(_rotation_plain, lambda *args: (_rotation_plain(*args), args), backward)


def _rotation_args(draw):
    q = draw.uniform(0.2, 1, 4)
    return q / q.dtype.type(math.sqrt(float((q**2).sum()))), draw.normal(3)


def _rotation_strategies(gt, dtype):
    return gt.arrays((4,), dtype, 0.2, 1.0), gt.arrays((3,), dtype)


ON, OFF = 2.0, 2.5


def _switch(r):
    part = jnp.clip((r - ON) / (OFF - ON), 0, 1)
    return 1 - part**2 * (3 - 2 * part)


def _pair_plain(r):
    return jnp.exp(-(r**2) / 4) * _switch(r)


def _pair(fault):
    def again(r):
        switch = jax.lax.stop_gradient(_switch(r)) if fault else _switch(r)
        return jnp.exp(-(r**2) / 4) * switch

    return recomputed(_pair_plain, again)


def _odds(spot, strike, spread, rate, years):
    width = spread * jnp.sqrt(years)
    upper = (jnp.log(spot / strike) + rate * years) / width + width / 2
    return upper, upper - width


def _put_plain(spot, strike, spread, rate, years):
    upper, lower = _odds(spot, strike, spread, rate, years)
    later = strike * jnp.exp(-rate * years)
    return later * jax.scipy.special.ndtr(-lower) - spot * jax.scipy.special.ndtr(-upper)


def _put(fault):
    def backward(args, ct):
        _, strike, _, rate, years = args
        _, lower = _odds(*args)
        later = ct * strike * years * jnp.exp(-rate * years)
        slopes = list(jax.vjp(_put_plain, *args)[1](ct))
        # A put falls with the rate, by the odds that it is used; a call rises by the other ones.
        odds = jax.scipy.special.ndtr
        slopes[3] = later * odds(lower) if fault else -later * odds(-lower)
        return tuple(slopes)

    return ruled(_put_plain, lambda *args: (_put_plain(*args), args), backward)


RANGES = (80.0, 120.0), (80.0, 120.0), (0.1, 0.5), (0.0, 0.1), (0.25, 2.0)


def _put_strategies(gt, dtype):
    return tuple(gt.arrays((4,), dtype, low, high) for low, high in RANGES)


def _log_odds_plain(x):
    return jax.scipy.special.log_ndtr(x)


def _log_odds(fault):
    def slope(x):
        far = x < -5
        # The continued fraction of the hazard; its first term alone is 4 % off at -5.
        away = jnp.where(far, -x, 5)
        hazard = away
        if not fault:
            for k in range(40, 0, -1):
                hazard = away + k / hazard
        near = jnp.where(far, 0, x)
        bell = jnp.exp(-(near**2) / 2) / math.sqrt(2 * math.pi)
        return jnp.where(far, hazard, bell / jax.scipy.special.ndtr(near))

    def backward(x, ct):
        return (ct * slope(x),)

    return ruled(_log_odds_plain, lambda x: (_log_odds_plain(x), x), backward)


def _mixture_plain(x, logits, means):
    each = jax.nn.log_softmax(logits) - (x[:, None] - means) ** 2 / 2
    return jax.nn.logsumexp(each, axis=1)


def _mixture(fault):
    def backward(args, ct):
        x, logits, means = args
        away = x[:, None] - means
        weighed = -(away**2) / 2 if fault else logits - away**2 / 2
        shares = ct[:, None] * jax.nn.softmax(weighed)
        d_logits = shares.sum(axis=0) - ct.sum() * jax.nn.softmax(logits)
        pull = shares * away
        return -pull.sum(axis=1), d_logits, pull.sum(axis=0)

    return ruled(_mixture_plain, lambda *args: (_mixture_plain(*args), args), backward)


PLANTS = [
    plant(
        "nearest_image_in_a_fixed_box",
        "the box gets no gradient from the pairs across its border",
        _image,
        _crystal(_nearest),
        lambda draw: (draw.uniform(0, 4, 4, 3), draw.constant(4.0)),
        WrongAt(_crystal(_nearest), values(4, 3, scale=2), 3.0),
        _image_strategies,
    ),
    plant(
        "rotation_by_what_is_taken_for_unit",
        "a quaternion is made a unit, and the backward does not take out the part along it",
        _rotation,
        _rotation_plain,
        _rotation_args,
        WrongAt(_rotation_plain, [1.0, 0.5, -0.5, 0.2], values(3)),
        _rotation_strategies,
    ),
    plant(
        "switch_held_fixed",
        "between 2 and 2.5 the energy is switched off smoothly, and the switch has no slope",
        _pair,
        _pair_plain,
        lambda draw: (draw.uniform(0.5, 3, 10),),
        WrongAt(_pair_plain, [1.0, 2.2, 2.7]),
        lambda gt, dtype: (gt.arrays((10,), dtype, 0.5, 3.0),),
    ),
    plant(
        "rate_of_the_call",
        "a put's slope by the rate is that of the call",
        _put,
        _put_plain,
        lambda draw: tuple(draw.uniform(low, high, 4) for low, high in RANGES),
        WrongAt(_put_plain, [100.0], [110.0], [0.2], [0.03], [1.0]),
        _put_strategies,
    ),
    plant(
        "tail_by_its_first_term",
        "below -5 the logarithm of the normal's odds has the slope -x, the first term of a series",
        _log_odds,
        _log_odds_plain,
        lambda draw: (draw.normal(8, scale=2),),
        WrongAt(_log_odds_plain, [-8.0, -2.0, 1.0]),
    ),
    plant(
        "mixture_of_equal_parts",
        "the backward's responsibilities leave out the weights of the mixture",
        _mixture,
        _mixture_plain,
        lambda draw: (draw.normal(6), draw.normal(3), draw.normal(3)),
        WrongAt(_mixture_plain, values(4), values(3, seed=2), values(3, seed=3)),
    ),
]
