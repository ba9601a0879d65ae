"""A UDP server on all addresses of a host, each of which answers for itself."""

import socket
import struct
from typing import Callable

_LONGEST = 65536
_PACKET_INFO = struct.Struct("=i4s4s")  # struct in_pktinfo: interface, local address, destination
_IP_PKTINFO = 8  # linux/in.h

Answer = Callable[[bytes, tuple[str, int]], bytes]


def bind(address: str, port: int) -> socket.socket:
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    server.bind((address, port))
    return server


def serve(server: socket.socket, answer: Answer) -> None:
    """For ever: the answer to a datagram leaves from the address to which it came. Without that the
    kernel takes the address of the route back, and the client knows nobody there."""
    room = socket.CMSG_SPACE(_PACKET_INFO.size)
    while True:
        datagram, ancillary, _, source = server.recvmsg(_LONGEST, room)
        destination = _PACKET_INFO.unpack(ancillary[0][2])[2]
        own = (socket.IPPROTO_IP, _IP_PKTINFO, _PACKET_INFO.pack(0, destination, bytes(4)))
        server.sendmsg([answer(datagram, source)], [own], 0, source)
