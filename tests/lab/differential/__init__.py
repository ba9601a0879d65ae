"""The same raw packets through the kernel and through the router under test: what comes out must be
the same but for what permitted_differences.toml allows, each with its reason.

A scenario sends packets step by step (scenarios/), an exchange plays it through one router
(exchange.py), a description turns packets into comparable fields (description.py).
"""
