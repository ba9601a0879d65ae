"""A game server: answers each packet of a player with the next one of its own stream.

A packet is a JSON object: {"number": n}, or {"end": packets sent}, which the server answers with
its report on that player's stream and the number of packets it sent.
usage: python3 -m tests.lab.servers.game ADDRESS PORT
"""

import json
import sys
from dataclasses import dataclass, field
from typing import Any

from . import datagrams
from ..sequence import SequenceMonitor


@dataclass
class Player:
    heard: SequenceMonitor = field(default_factory=SequenceMonitor)
    sent: int = 0

    def answer(self, packet: dict[str, Any]) -> dict[str, Any]:
        if "end" in packet:
            return {"report": self.heard.report(packet["end"]), "sent": self.sent}
        self.heard.note(packet["number"])
        self.sent += 1
        return {"number": self.sent - 1}


class Game:
    def __init__(self) -> None:
        self.players: dict[tuple[str, int], Player] = {}

    def answer(self, datagram: bytes, source: tuple[str, int]) -> bytes:
        player = self.players.setdefault(source, Player())
        return json.dumps(player.answer(json.loads(datagram))).encode()


if __name__ == "__main__":
    datagrams.serve(datagrams.bind(sys.argv[1], int(sys.argv[2])), Game().answer)
