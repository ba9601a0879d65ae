"""Which new connections an ISP sees, and when: by the kernel's time stamps."""

import socket
import struct
import threading
from typing import Optional

from ..namespace import Namespace

_SO_TIMESTAMPNS = 35
_OUTGOING = 4  # linux/if_packet.h
_BUFFER = 4 << 20
_SO_RCVBUFFORCE = 33
_TIMESPEC = struct.Struct("qq")
_IP, _IP_TCP = 14, 6  # where it begins; the protocol's number
_SYN, _ACK = 0x02, 0x10


class Sightings:
    """First packets to one server that leave an ISP's router towards the internet."""

    def __init__(self, namespace: Namespace, interface: str, server: str) -> None:
        self.first: Optional[float] = None
        self.last: Optional[float] = None
        self._server = socket.inet_aton(server)
        self._ended = threading.Event()
        self._socket = namespace.open_socket(socket.AF_PACKET, socket.SOCK_RAW)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self._socket.settimeout(0.05)
        # All protocols: only such a socket sees what leaves.
        self._socket.bind((interface, 0x0003))
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()
        self._socket.close()

    def _watch(self) -> None:
        while not self._ended.is_set():
            try:
                frame, control, _, source = self._socket.recvmsg(
                    128, socket.CMSG_SPACE(_TIMESPEC.size)
                )
            except TimeoutError:
                continue
            except OSError:
                return
            if source[2] == _OUTGOING and self._opens(frame):
                seconds, nanoseconds = _TIMESPEC.unpack(control[0][2])
                self.last = seconds + nanoseconds / 1e9
                self.first = self.first or self.last

    def _opens(self, frame: bytes) -> bool:
        """A SYN to the server."""
        tcp = _IP + 4 * (frame[_IP] & 0x0F)
        if frame[12:14] != b"\x08\x00" or frame[_IP + 9] != _IP_TCP or len(frame) < tcp + 14:
            return False
        flags = frame[tcp + 13]
        return frame[_IP + 16 : _IP + 20] == self._server and flags & (_SYN | _ACK) == _SYN
