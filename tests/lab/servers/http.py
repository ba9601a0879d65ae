"""A web server: GET /file/SIZE?seed=N (and &rate=BYTES-PER-SECOND), GET /peer, PUT and POST.

An upload is answered with its length and SHA-256, /peer with the address that the server sees.
usage: python3 -m tests.lab.servers.http ADDRESS PORT
"""

import hashlib
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Iterator
from urllib.parse import parse_qs, urlsplit

from ..content import blocks

_PIECE = 256 * 1024


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60  # of a silent client, in seconds

    def do_GET(self) -> None:  # pylint: disable=invalid-name
        url = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        if url.path == "/peer":
            self._answer(json.dumps({"address": self.client_address[0]}).encode())
        elif url.path.startswith("/file/") and url.path[len("/file/") :].isdigit():
            self._send_file(int(url.path[len("/file/") :]), query)
        else:
            self.send_error(404)

    def do_PUT(self) -> None:  # pylint: disable=invalid-name
        length = int(self.headers.get("Content-Length", 0))
        sha256, left = hashlib.sha256(), length
        while left > 0:
            piece = self.rfile.read(min(_PIECE, left))
            if not piece:
                return
            sha256.update(piece)
            left -= len(piece)
        self._answer(json.dumps({"bytes": length, "sha256": sha256.hexdigest()}).encode())

    do_POST = do_PUT

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _send_file(self, size: int, query: dict[str, str]) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(size))
        self.end_headers()
        file = blocks(size, int(query.get("seed", 0)))
        for block in _paced(file, float(query["rate"])) if "rate" in query else file:
            self.wfile.write(block)

    def log_message(self, format: str, *args: object) -> None:  # pylint: disable=redefined-builtin
        """Silent: a log line for each of thousands of requests helps nobody."""


def _paced(file: Iterator[bytes], bytes_per_second: float) -> Iterator[bytes]:
    """A server that does not give all it could, in small pieces, as a film is sent."""
    piece = max(1, min(16 * 1024, int(bytes_per_second / 10)))
    due = time.monotonic()
    for block in file:
        for at in range(0, len(block), piece):
            yield block[at : at + piece]
            due += len(block[at : at + piece]) / bytes_per_second
            time.sleep(max(0.0, due - time.monotonic()))


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no error of the server."""


if __name__ == "__main__":
    Server((sys.argv[1], int(sys.argv[2])), Handler).serve_forever()
