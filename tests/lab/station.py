"""A network card without a kernel behind it: frames in and out as bytes."""

import socket
import struct
import time
from typing import Callable, Optional

from .namespace import Namespace

_SOL_PACKET = 263
_PACKET_AUXDATA = 8
_PACKET_IGNORE_OUTGOING = 23
_SO_RCVBUFFORCE = 33  # asm-generic/socket.h
_ALL = 0x0003  # ETH_P_ALL
_AUXILIARY = struct.Struct("=IIIHHHH")  # linux/if_packet.h: struct tpacket_auxdata
_VLAN_VALID = 1 << 4
_MACS = 12
_LONGEST = 65536
_BUFFER = 4 << 20

VLAN_TYPE = 0x8100
#: IEEE 802 local experimental EtherType: any capture shows it, any host ignores it.
EXPERIMENTAL_TYPE = 0x88B5


class Station:
    """All frames of an interface, by a packet socket. A VLAN tag is part of the frame."""

    def __init__(self, namespace: Namespace, interface: str) -> None:
        self._socket = namespace.open_socket(socket.AF_PACKET, socket.SOCK_RAW)
        self._socket.setsockopt(_SOL_PACKET, _PACKET_AUXDATA, 1)
        self._socket.setsockopt(_SOL_PACKET, _PACKET_IGNORE_OUTGOING, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER)
        self._socket.bind((interface, _ALL))

    def send(self, frame: bytes) -> None:
        self._socket.send(frame)

    def receive(self, seconds: float) -> Optional[bytes]:
        """The next frame; None when none comes in time."""
        self._socket.settimeout(max(seconds, 1e-6))
        try:
            frame, ancillary, _, _ = self._socket.recvmsg(
                _LONGEST, socket.CMSG_SPACE(_AUXILIARY.size)
            )
        except TimeoutError:
            return None
        return _with_tag(frame, _AUXILIARY.unpack(ancillary[0][2]))

    def receive_all(
        self, enough: Callable[[list[bytes]], bool], seconds: float, wanted: int
    ) -> list[bytes]:
        """Frames of an EtherType until there are enough of them, or the time is over."""
        frames: list[bytes] = []
        deadline = time.monotonic() + seconds
        while not enough(frames) and (left := deadline - time.monotonic()) > 0:
            frame = self.receive(left)
            if frame is not None and ethertype(frame) == wanted:
                frames.append(frame)
        return frames

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()


def ethertype(frame: bytes) -> int:
    return int.from_bytes(frame[_MACS : _MACS + 2], "big")


def _with_tag(frame: bytes, auxiliary: tuple[int, ...]) -> bytes:
    """The kernel takes the tag out and tells it beside."""
    status, control, protocol = auxiliary[0], auxiliary[5], auxiliary[6]
    if not status & _VLAN_VALID:
        return frame
    tag = struct.pack(">HH", protocol or VLAN_TYPE, control)
    return frame[:_MACS] + tag + frame[_MACS:]
