"""`funcgrad check`: a function is named, its arguments are described, its gradients are checked.

`target` finds the function, `arguments` reads what describes an array, and `checking` does the
rest. Importing this package loads neither JAX nor Hypothesis: `funcgrad --help` needs none of them.
"""

from funcgrad.testing.command.checking import Options as Options
from funcgrad.testing.command.checking import check as check
