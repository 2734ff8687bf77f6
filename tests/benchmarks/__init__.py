"""How fast it is: one command that prints the budget table as ratios.

Run it in the folder `tests`, on a machine that does nothing else:

    python -m benchmarks                       # everything
    python -m benchmarks transformer depth     # a task, and chains of up to 10 000 operations
    python -m benchmarks width --runs 1 --json times.json --figure times.png

Every task is written twice: in PyTorch style, which PyTorch and the face run, and in JAX as a good
JAX user writes it. All engines first make the same steps and must end at the same parameters; then
they take turns, in one process and on one thread, so that what else the machine does meets all of
them alike. A ratio is the median of the ratios of single turns.

What the first turn takes beyond a later one is told apart: it is compiling, with nothing kept on
disk; PyTorch imports parts of itself. `depth` and `width` are tasks that grow; where an engine
would take minutes, the table says why it is left out.
"""
