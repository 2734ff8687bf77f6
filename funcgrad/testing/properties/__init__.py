"""The statements that are tested, one file a family; each looks at a `Measurement`.

A property is a pure function of the measurement, and says what it saw as `Check`s. The search
adds these up.
"""
