"""Measurements of the router: figures, not verdicts."""
