"""An IPv4 packet as named fields, without what may differ by chance: MACs and IP identifications.

Written for damaged packets too: whatever is too short to be read is told as such.
"""

import hashlib
import struct
from typing import Callable

Fields = dict[str, str]
#: (address, protocol, port or ICMP identifier) -> how it is told
PortName = Callable[[str, int, int], str]

ICMP, TCP, UDP = 1, 6, 17
_IP_HEADER = struct.Struct(">BBHHHBBH4s4s")
_TCP_HEADER = struct.Struct(">HHIIBBHHH")
_TCP_FLAGS = "FSRPAUEC"
_ECHO = (0, 8)
_ERRORS = (3, 4, 5, 11, 12)


def checksum(data: bytes) -> int:
    """RFC 1071; zero over data that carries its right checksum."""
    padded = data + b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def dotted(address: bytes) -> str:
    return ".".join(str(byte) for byte in address)


def describe(packet: bytes, port_name: PortName, prefix: str = "") -> Fields:
    """`prefix` goes before every field's name: "quoted." for the packet within an ICMP error."""
    if len(packet) < _IP_HEADER.size:
        return {f"{prefix}truncated": packet.hex()}
    first, tos, length, _, flags, ttl, protocol, _, source, destination = _IP_HEADER.unpack_from(
        packet
    )
    header = (first & 15) * 4
    src, dst = dotted(source), dotted(destination)
    fields = {
        "ip.src": src,
        "ip.dst": dst,
        "ip.tos": str(tos),
        "ip.ttl": str(ttl),
        "ip.length": str(length),
        "ip.df": str(flags >> 14 & 1),
        "ip.fragment": f"{flags & 0x1FFF}{'+' if flags >> 13 & 1 else ''}",
        "ip.options": packet[20:header].hex(),
        "ip.checksum": "ok" if checksum(packet[:header]) == 0 else "bad",
        "ip.protocol": str(protocol),
    }
    content = packet[header:length]
    whole = flags & 0x3FFF == 0 and len(packet) >= length
    if flags & 0x1FFF:
        fields["payload"] = _digest(content)
    else:
        pseudo = source + destination + struct.pack(">BBH", 0, protocol, len(content))
        fields.update(_transport(protocol, content, pseudo if whole else None, src, dst, port_name))
    return {prefix + name: value for name, value in fields.items()}


def _transport(
    protocol: int, data: bytes, pseudo: bytes | None, src: str, dst: str, port_name: PortName
) -> Fields:
    """`pseudo`: the pseudo header, where the packet is whole and its checksum can be judged."""
    if protocol == ICMP and len(data) >= 8:
        return _icmp(data, pseudo is not None, src, dst, port_name)
    if protocol in (TCP, UDP) and len(data) >= 8:
        ports = struct.unpack_from(">HH", data)
        fields = {
            "port.src": port_name(src, protocol, ports[0]),
            "port.dst": port_name(dst, protocol, ports[1]),
        }
        return fields | (_tcp(data, pseudo) if protocol == TCP else _udp(data, pseudo))
    return {"payload": _digest(data)}


def _tcp(data: bytes, pseudo: bytes | None) -> Fields:
    if len(data) < _TCP_HEADER.size:
        return {"tcp.sequence": data[4:8].hex(), "tcp.truncated": str(len(data))}
    _, _, sequence, ack, offset, flags, window, _, urgent = _TCP_HEADER.unpack_from(data)
    header = (offset >> 4) * 4
    return {
        "tcp.sequence": str(sequence),
        "tcp.ack": str(ack),
        "tcp.flags": "".join(f for bit, f in enumerate(_TCP_FLAGS) if flags >> bit & 1),
        "tcp.window": str(window),
        "tcp.urgent": str(urgent),
        "tcp.options": data[20:header].hex(),
        "l4.checksum": _verdict(data, pseudo),
        "payload": _digest(data[header:]),
    }


def _udp(data: bytes, pseudo: bytes | None) -> Fields:
    none = data[6:8] == b"\0\0"
    return {
        "udp.length": str(int.from_bytes(data[4:6], "big")),
        "l4.checksum": "none" if none else _verdict(data, pseudo),
        "payload": _digest(data[8:]),
    }


def _icmp(data: bytes, whole: bool, src: str, dst: str, port_name: PortName) -> Fields:
    kind, code = data[0], data[1]
    fields = {
        "icmp.type": f"{kind}/{code}",
        "l4.checksum": _verdict(data, b"" if whole else None),
    }
    if kind in _ERRORS:
        # RFC 4884 puts the length of the quotation into the second byte; 3/4 has an MTU.
        fields["icmp.rest"] = data[4:8].hex()
        return fields | describe(data[8:], port_name, "quoted.")
    if kind in _ECHO:
        identifier, sequence = struct.unpack_from(">HH", data, 4)
        # The asker's identifier: by the sender of a request, the receiver of a reply.
        asker = src if kind == 8 else dst
        fields["icmp.id"] = port_name(asker, ICMP, identifier)
        fields["icmp.sequence"] = str(sequence)
    else:
        fields["icmp.rest"] = data[4:8].hex()
    return fields | {"payload": _digest(data[8:])}


def _verdict(data: bytes, pseudo: bytes | None) -> str:
    if pseudo is None:
        return "not judged"
    return "ok" if checksum(pseudo + data) == 0 else "bad"


def _digest(data: bytes) -> str:
    return f"{len(data)} bytes {hashlib.sha256(data).hexdigest()[:12]}" if data else "none"
