"""Judges a stream of numbered packets."""

from dataclasses import dataclass, field


@dataclass
class SequenceMonitor:
    """Numbers count from 0. A packet is reordered when one with a higher number came before."""

    received: int = 0
    duplicated: int = 0
    reordered: int = 0
    highest: int = -1
    _seen: set[int] = field(default_factory=set)

    def note(self, number: int) -> None:
        if number in self._seen:
            self.duplicated += 1
            return
        self._seen.add(number)
        self.received += 1
        if number < self.highest:
            self.reordered += 1
        self.highest = max(self.highest, number)

    def lost(self, sent: int) -> int:
        return sent - self.received

    def report(self, sent: int) -> dict[str, int]:
        return {
            "sent": sent,
            "received": self.received,
            "lost": self.lost(sent),
            "duplicated": self.duplicated,
            "reordered": self.reordered,
        }
