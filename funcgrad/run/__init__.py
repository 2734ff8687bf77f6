"""`funcgrad run script.py`: an unmodified PyTorch script on JAX, even where PyTorch is installed.

`hook` answers every import of `torch` with `funcgrad.torch`: the same module objects under
PyTorch's names. `program` finds what is to be run, as `python` itself would, and runs it as
`__main__`. `traceback` leaves our own frames out of what an uncaught exception shows. `usage`
counts what the report tells, and `command` puts these together.
"""
