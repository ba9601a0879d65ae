"""The laboratory as a show: load, faults, and what becomes of both, live in a terminal."""
