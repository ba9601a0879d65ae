"""Downloads that go on while something happens, and how each ended."""

import hashlib
import threading
from typing import Optional

from .clients import curl, file_url
from .content import digest
from .namespace import Namespace
from .waiting import until

_PIECE = 16 * 1024


class Fetch:
    """curl with a file of `size` bytes at `rate` bytes a second, in the background."""

    def __init__(
        self, namespace: Namespace, server: str, size: int, rate: int, seed: int = 0
    ) -> None:
        self.what = f"{namespace.name} from {server}"
        self.received = 0
        self._expected = digest(size, seed)
        self._sha256 = hashlib.sha256()
        self._error: Optional[str] = None
        self._curl = curl(namespace, [file_url(server, size, seed, rate)])
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def began(self) -> "Fetch":
        until(lambda: self.received > 0 or not self.running, f"{self.what} begins")
        assert self.running, f"{self.what}: {self._error}"
        return self

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def error(self) -> str:
        """How it ended: empty when the file came to its end."""
        until(lambda: not self.running, f"{self.what} ends", detail=lambda: str(self.received))
        return self._error or ""

    def intact(self) -> bool:
        """Waits for its end."""
        return self.error() == "" and self._sha256.hexdigest() == self._expected

    def stop(self) -> None:
        self._curl.kill()
        self._thread.join()

    def _read(self) -> None:
        assert self._curl.stdout is not None and self._curl.stderr is not None
        while piece := self._curl.stdout.read(_PIECE):
            self._sha256.update(piece)
            self.received += len(piece)
        said = self._curl.stderr.read().decode(errors="replace").strip()
        if self._curl.wait() != 0:
            self._error = f"exit code {self._curl.returncode}: {said}"
