"""Real programs as clients, and what they report."""

import hashlib
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Sequence, TypeVar

from .content import blocks, digest
from .errors import LabError
from .namespace import ENVIRONMENT, Namespace
from .services import IPERF_PORT

T = TypeVar("T")

_PIECE = 256 * 1024
_CURL = ["curl", "--silent", "--show-error", "--fail", "--noproxy", "*", "--max-time", "90"]


@dataclass(frozen=True)
class Transfer:
    """A file that a server gave or took."""

    expected: str
    actual: str  # SHA-256 of what came out at the far end

    @property
    def intact(self) -> bool:
        return self.expected == self.actual


def download(
    namespace: Namespace, server: str, size: int, seed: int = 0, rate: int = 0
) -> Transfer:
    """GET of a generated file; `rate`: at most as many bytes a second."""
    url = file_url(server, size, seed, rate)
    sha256 = hashlib.sha256()
    with curl(namespace, [url]) as client:
        assert client.stdout is not None
        while piece := client.stdout.read(_PIECE):
            sha256.update(piece)
        _finish(client, url)
    return Transfer(digest(size, seed), sha256.hexdigest())


def upload(
    namespace: Namespace, server: str, size: int, folder: Path, method: str = "PUT"
) -> Transfer:
    """PUT or POST of a generated file, which the server digests."""
    file = folder / f"{namespace.name}-upload-{method}"
    with open(file, "wb") as out:
        for block in blocks(size, seed=1):
            out.write(block)
    url = f"http://{server}/upload"
    # Without "Expect: 100-continue": the server has no reason to refuse.
    options = ["--header", "Expect:", "--request", method, "--data-binary", f"@{file}", url]
    try:
        with curl(namespace, options) as client:
            assert client.stdout is not None
            answer = client.stdout.read()
            _finish(client, url)
    finally:
        file.unlink()
    return Transfer(digest(size, seed=1), json.loads(answer)["sha256"])


def seen_address(namespace: Namespace, server: str) -> str:
    """The address under which a web server sees the namespace: tells which uplink was taken."""
    return json.loads(namespace.run(*_CURL, f"http://{server}/peer").stdout)["address"]


def iperf(namespace: Namespace, server: str, *options: str) -> dict[str, Any]:
    """The `end` part of iperf3's own report."""
    command = ["iperf3", "--client", server, "--port", str(IPERF_PORT), "--json", *options]
    done = namespace.run(*command, timeout=60, check=False)
    report = json.loads(done.stdout or "{}")
    if done.returncode != 0 or "error" in report:
        raise LabError(f"iperf3 to {server}: {report.get('error', done.stderr)}")
    return report["end"]


def at_once(actions: Sequence[Callable[[], T]]) -> list[T]:
    """All of them at the same time, their results in order."""
    with ThreadPoolExecutor(max_workers=len(actions)) as pool:
        return [future.result() for future in [pool.submit(action) for action in actions]]


def file_url(server: str, size: int, seed: int = 0, rate: int = 0) -> str:
    return f"http://{server}/file/{size}?seed={seed}" + (f"&rate={rate}" if rate else "")


def curl(namespace: Namespace, options: list[str]) -> "subprocess.Popen[bytes]":
    """In the background; what it fetches is on its standard output."""
    return subprocess.Popen(
        [*namespace.prefix(), *_CURL, *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
    )


def _finish(client: "subprocess.Popen[bytes]", url: str) -> None:
    assert client.stderr is not None
    said = client.stderr.read().decode(errors="replace")
    if client.wait() != 0:
        raise LabError(f"curl {url}: exit code {client.returncode}: {said.strip()}")
