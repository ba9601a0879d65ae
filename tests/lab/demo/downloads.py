"""Clients that download for ever, and what they see."""

import hashlib
import http.client
import random
import threading
import time
from dataclasses import dataclass

from ..content import digest
from ..namespace import Namespace
from ..services import HTTP_PORT

_SIZES = range(200_000, 900_000, 100_000)
_RATES = (40_000, 60_000, 80_000)  # bytes a second
_PATIENCE_S = 4.0
_PIECE = 16 * 1024


@dataclass
class ClientView:
    """Added up over all clients; a snapshot is a copy."""

    running: int = 0
    bytes: int = 0
    intact: int = 0
    spoilt: int = 0  # came, but not as it was sent
    broken: int = 0  # ended early, timed out or never began
    last_trouble: str = ""


class Downloads:
    """Threads, each of which fetches one file after another with pauses that shift them."""

    def __init__(self, hosts: list[Namespace], server: str, count: int) -> None:
        self._server = server
        self._lock = threading.Lock()
        self._view = ClientView()
        self._ended = threading.Event()
        self._threads = [
            threading.Thread(target=self._fetch_for_ever, args=(hosts[n % len(hosts)], n))
            for n in range(count)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def view(self) -> ClientView:
        with self._lock:
            return ClientView(**vars(self._view))

    def _note(self, **changes: int) -> None:
        with self._lock:
            for key, change in changes.items():
                setattr(self._view, key, getattr(self._view, key) + change)

    def _fetch_for_ever(self, host: Namespace, number: int) -> None:
        chance = random.Random(number)
        while not self._ended.wait(chance.uniform(0.1, 1.0)):
            size, rate = chance.choice(_SIZES), chance.choice(_RATES)
            self._note(running=1)
            try:
                self._fetch(host, size, seed=number, rate=rate)
            except (OSError, http.client.HTTPException) as e:
                self._note(broken=1)
                with self._lock:
                    self._view.last_trouble = f"{time.strftime('%H:%M:%S')} {e or type(e).__name__}"
            finally:
                self._note(running=-1)

    def _fetch(self, host: Namespace, size: int, seed: int, rate: int) -> None:
        connection = http.client.HTTPConnection(self._server, HTTP_PORT)
        connection.sock = host.connect(self._server, HTTP_PORT, _PATIENCE_S)
        sha256 = hashlib.sha256()
        try:
            connection.request("GET", f"/file/{size}?seed={seed}&rate={rate}")
            response = connection.getresponse()
            while (piece := response.read(_PIECE)) and not self._ended.is_set():
                sha256.update(piece)
                self._note(bytes=len(piece))
        finally:
            connection.close()
        if not self._ended.is_set():
            intact = sha256.hexdigest() == digest(size, seed)
            self._note(intact=int(intact), spoilt=int(not intact))
