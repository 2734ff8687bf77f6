"""`funcgrad compare`: the same task in both styles, checked against each other and timed.

One process an engine. The parent reads examples as text (`skeleton`), starts one worker for each
engine (`process`, `worker`, `engines`) and asks them, one after the other, to run each example;
they answer with NumPy arrays and plain Python (`values`, `messages`). It compares the answers
(`agree`, `difference`, `tolerance`), prints a row (`terminal`), and at the end writes the report
(`report`) and the record (`record`). It needs neither JAX nor PyTorch for any of that: the engines
keep their own settings, and none can disturb another. A training that has its step as a function
(`step_style`) runs compiled and scanned, too (`face`). `compare` is all of that as a function.
"""

from funcgrad.compare.python import compare as compare
