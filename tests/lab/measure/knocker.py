"""Clients that notice an outage: one opens connections all the time, another one holds one."""

import errno
import socket
import threading
import time
from typing import Optional

from ..namespace import Namespace

EVERY_S = 0.002
_AT_ONCE = 256  # of the newest connections: older ones are given up
_PATIENCE_S = 1.0
_GET = b"GET /peer HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n"

Endpoint = tuple[str, int]


class _Background:
    """A thread in a namespace, from construction to `stop`."""

    def __init__(self, namespace: Namespace, server: Endpoint) -> None:
        self.server = server
        self._ended = threading.Event()
        self._thread = threading.Thread(target=lambda: namespace.inside(self._run), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        raise NotImplementedError


class Knocker(_Background):
    """A new TCP connection every 2 ms."""

    def _run(self) -> None:
        opened: list[socket.socket] = []
        due = time.monotonic()
        while not self._ended.wait(max(0.0, due - time.monotonic())):
            due = max(due + EVERY_S, time.monotonic())
            client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            client.setblocking(False)
            if client.connect_ex(self.server) in (0, errno.EINPROGRESS):
                opened.append(client)
            else:
                client.close()
            if len(opened) > _AT_ONCE:
                opened.pop(0).close()
        for client in opened:
            client.close()


class Holder(_Background):
    """Waits for data on a connection; when that breaks it fetches a page by a new one, as soon as
    it can."""

    def __init__(self, namespace: Namespace, silent: Endpoint, web: Endpoint) -> None:
        #: When the first bytes came by a new connection, by CLOCK_REALTIME.
        self.back: Optional[float] = None
        self._web = web
        super().__init__(namespace, silent)

    def _run(self) -> None:
        with socket.create_connection(self.server, _PATIENCE_S) as client:
            client.settimeout(0.05)
            while not self._ended.is_set() and not _broken(client):
                pass
        while not self._ended.is_set() and self.back is None:
            self._fetch()

    def _fetch(self) -> None:
        try:
            with socket.create_connection(self._web, _PATIENCE_S) as client:
                client.sendall(_GET)
                if client.recv(1):
                    self.back = time.time()
        except OSError:
            self._ended.wait(0.01)


def _broken(client: socket.socket) -> bool:
    """Waits a moment for data that does not come."""
    try:
        client.recv(1)
    except TimeoutError:
        return False
    except OSError:
        return True
    return True
