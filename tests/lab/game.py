"""A player of the game server: 50 small packets a second each way, and who missed which."""

import json
import socket
import time
from dataclasses import dataclass
from typing import Any, Optional

from .errors import LabError
from .namespace import Namespace
from .sequence import SequenceMonitor
from .waiting import until

HZ = 50


@dataclass
class GameReport:
    """Each a dict with sent, received, lost, duplicated, reordered."""

    to_server: dict[str, int]
    to_player: dict[str, int]

    def flawless(self) -> bool:
        return all(
            way[flaw] == 0
            for way in (self.to_server, self.to_player)
            for flaw in ("lost", "duplicated", "reordered")
        )


def play(namespace: Namespace, server: tuple[str, int], packets: int) -> GameReport:
    """Plays for packets / HZ seconds and asks the server for its side of the story."""
    heard = SequenceMonitor()
    with namespace.open_socket(socket.AF_INET, socket.SOCK_DGRAM) as player:
        player.connect(server)
        due = time.monotonic()
        for number in range(packets):
            player.send(json.dumps({"number": number}).encode())
            due += 1 / HZ
            _listen_until(player, due, heard)
        ending = until(lambda: _ask_report(player, packets, heard), "the game server's report")
    return GameReport(ending["report"], heard.report(ending["sent"]))


def _listen_until(player: socket.socket, due: float, heard: SequenceMonitor) -> None:
    while (left := due - time.monotonic()) > 0:
        packet = _receive(player, left)
        if packet and "number" in packet:
            heard.note(packet["number"])


def _ask_report(
    player: socket.socket, packets: int, heard: SequenceMonitor
) -> Optional[dict[str, Any]]:
    """Asks once; what was still on its way of the stream arrives before the answer."""
    player.send(json.dumps({"end": packets}).encode())
    while packet := _receive(player, 1.0):
        if "report" in packet:
            return packet
        heard.note(packet["number"])
    return None


def _receive(player: socket.socket, seconds: float) -> Optional[dict[str, Any]]:
    player.settimeout(seconds)
    try:
        return json.loads(player.recv(2048))
    except TimeoutError:
        return None
    except ConnectionRefusedError as e:
        raise LabError("nobody plays at this port") from e
