"""A bench for judges of gradients: planted bugs, correct functions, and the judges that there are.

A tool that judges gradients is judged by what it catches and by what it lets pass. Here stand

- `planted/`: bugs as people write them, each beside its twin, the same function with the rule
  mended. A twin has to be accepted where the bug is rejected.
- `correct/`: correct functions that a careless judge rejects: kinks, ties, poles, integers, trees,
  complex numbers, nothing at all.
- `blind.py` and `unseen.py`: bugs, twins and correct functions that others wrote, without sight of
  the checker, for whom adds to it fits the bench that he knows.
- `cases.py`: what a case is, and the list of all of them, `CASES`.
- `witness.py`: how it is proved that a bug is one. `test_bench_itself.py` proves every label,
  without any of the judges.
- `anchors.py`: the judges that there are: JAX's, PyTorch's, and Hypothesis round JAX's.
- `table.py`: the command that prints who finds what.

The arguments are ordinary values, drawn by a seed from the case's name; none were chosen to bring
a bug to light, and many bugs do not show at them. The bench is written without looking at how
`funcgrad.testing` works, and has to stay so: a case is never changed because a judge fails on it,
only where its label is wrong.
"""

from . import correct, planted

__all__ = ["correct", "planted"]
