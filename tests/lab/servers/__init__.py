"""Servers of the laboratory, each a program of its own: `python3 -m tests.lab.servers.http`."""
