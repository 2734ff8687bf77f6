"""Two tokens that are replaced whenever something changes that is looked at often and set seldom.

To look at every switch of the tape, and at the hooks of every module, would be a good part of the
microseconds that a call of a compiled program takes. So whoever sets one of them says so here, and
the program compares two tokens with those at which it looked last.
"""

import threading


class Here(threading.local):
    """What is a thread's own: the grad mode, hooks for what is saved, whether it traces."""

    token = object()  # of a thread in which nothing was ever set


class Everywhere:
    """What all threads share: defaults, levels, anomaly detection, the hooks of modules."""

    token = object()


here, everywhere = Here(), Everywhere()


def note_here() -> None:
    """Something of this thread's was set."""
    here.token = object()


def note() -> None:
    """Something of all threads was set."""
    everywhere.token = object()
