"""The laboratory: network namespaces with real programs around a router under test.

`scripts/lab` is the way in from a shell, `lab.Lab` the one from Python, `conftest.py` that of the
tests. `README.md` shows the network.
"""
