"""Clients of the echo server: true when everything comes back as it was."""

import socket
from functools import partial
from typing import Optional

from .namespace import Namespace
from .waiting import attempt

_IP_MTU_DISCOVER = 10  # linux/in.h
_IP_PMTUDISC_DONT = 0
_PATIENCE_S = 10.0
_TRIES = 3  # of a datagram: the first may wait for an address to be resolved

Endpoint = tuple[str, int]


def tcp_echo(
    namespace: Namespace, server: Endpoint, data: bytes, source: Optional[str] = None
) -> bool:
    bound = (source, 0) if source else None
    connect = partial(socket.create_connection, server, _PATIENCE_S, bound)
    with namespace.inside(connect) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while piece := connection.recv(65536):
            received += piece
    return received == data


def udp_echo(
    namespace: Namespace,
    server: Endpoint,
    data: bytes,
    source: Optional[str] = None,
    seconds: float = _PATIENCE_S,
) -> bool:
    """Longer datagrams leave in fragments, whatever is known about the path."""
    with namespace.open_socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        if source:
            client.bind((source, 0))
        client.setsockopt(socket.IPPROTO_IP, _IP_MTU_DISCOVER, _IP_PMTUDISC_DONT)
        client.settimeout(seconds / _TRIES)
        client.connect(server)
        for _ in range(_TRIES):
            client.send(data)
            if attempt(lambda: client.recv(65536), TimeoutError) == data:
                return True
    return False
