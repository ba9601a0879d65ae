"""Files that need not be stored: their bytes follow from size and seed, any piece can be told from
any other, and their digest is known beforehand."""

import functools
import hashlib
import random
from typing import Iterator

_BLOCK = 64 * 1024
_NUMBER = 8


@functools.lru_cache(maxsize=16)
def _filling(seed: int) -> bytes:
    return random.Random(seed).randbytes(_BLOCK - _NUMBER)


def blocks(size: int, seed: int) -> Iterator[bytes]:
    """The file in blocks; each begins with its number, so that none can stand for another."""
    filling = _filling(seed)
    for number in range((size + _BLOCK - 1) // _BLOCK):
        block = number.to_bytes(_NUMBER, "big") + filling
        yield block[: min(_BLOCK, size - number * _BLOCK)]


def digest(size: int, seed: int) -> str:
    """SHA-256 of the file."""
    sha256 = hashlib.sha256()
    for block in blocks(size, seed):
        sha256.update(block)
    return sha256.hexdigest()
