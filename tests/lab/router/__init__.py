"""Routers that can be put under test: the kernel's own, and Spillway."""
