"""A report in words: for a failing test, for a page, for a terminal, for another program.

`text` says what broke in at most forty lines, which is what a `GradientError` says; `markdown` is
the same as a page, with the verdict on every property; `table` is that for a terminal; `as_json`
gives it to other programs, and takes it back. `values` and `encoded` say one value: in a line, and
in JSON.

Users reach all of it by the methods of `Report`, so nothing here imports that class to run.
"""
