"""The comparison of two routers, without routers."""

import pytest

from .differential.description import checksum, describe
from .differential.differences import (
    Difference,
    Permission,
    compare,
    load_permissions,
    parse_permissions,
)
from .differential.exchange import Step
from .differential.translations import Translations

_PACKET = bytes.fromhex(
    "4500001d000100004011" "0000" "c0a8160a" "0909090b" "1388" "0035" "0009" "0000" "71"
)


def _as_is(address: str, protocol: int, port: int) -> str:
    return str(port)


def _step(*packets: dict[str, str]) -> list[Step]:
    return [Step("a step", {"lan": list(packets)})]


def test_equal_steps_have_no_difference() -> None:
    assert not compare("s", _step({"ip.ttl": "63"}), _step({"ip.ttl": "63"}))


def test_each_field_is_compared() -> None:
    found = compare("s", _step({"ip.ttl": "63", "a": "1"}), _step({"ip.ttl": "64", "b": "2"}))
    assert [str(d) for d in found] == [
        "s / a step: lan a: 1 -> absent",
        "s / a step: lan b: absent -> 2",
        "s / a step: lan ip.ttl: 63 -> 64",
    ]


def test_missing_packet_is_told_once_and_whole() -> None:
    found = compare("s", _step({"ip.src": "9.9.9.9", "tcp.flags": "S"}), _step())
    assert [str(d) for d in found] == ["s / a step: lan packets: src=9.9.9.9 flags=S -> nothing"]


def test_permission_covers_by_patterns() -> None:
    difference = Difference("R18_errors", "about UDP", "lan ip.ttl", "64", "255")
    assert Permission({"scenario": "R18_*", "field": "* ip.ttl"}, "why").covers(difference)
    assert not Permission({"scenario": "R18_*", "kernel": "63"}, "why").covers(difference)


@pytest.mark.parametrize(
    "entry", ['scenario = "x"', 'reason = "why"', 'reason = "why"\nsenario = "x"']
)
def test_permission_needs_a_reason_and_a_pattern(entry: str) -> None:
    with pytest.raises(ValueError, match="entry 1"):
        parse_permissions(f"[[difference]]\n{entry}\n")


def test_permission_may_be_for_several_workers() -> None:
    text = '[[difference]]\nscenario = "x"\nreason = "why"\nseveral_workers = true\n'
    assert [p.several_workers for p in parse_permissions(text)] == [True]


def test_the_list_itself_can_be_read() -> None:
    assert all(permission.reason for permission in load_permissions())


def test_description_tells_headers_and_checksums() -> None:
    fields = describe(_PACKET, _as_is)
    assert fields["ip.src"] == "192.168.22.10" and fields["ip.dst"] == "9.9.9.11"
    assert fields["port.src"] == "5000" and fields["port.dst"] == "53"
    assert fields["ip.checksum"] == "bad" and fields["l4.checksum"] == "none"
    right = _PACKET[:10] + checksum(_PACKET[:20]).to_bytes(2, "big") + _PACKET[12:]
    assert describe(right, _as_is)["ip.checksum"] == "ok"


@pytest.mark.parametrize("length", range(len(_PACKET)))
def test_description_survives_any_cut(length: int) -> None:
    assert describe(_PACKET[:length], _as_is)


def test_translated_port_is_told_by_its_owner() -> None:
    translations = Translations()
    outside = _PACKET[:12] + bytes([1, 1, 1, 32]) + _PACKET[16:20] + b"\x27\x10" + _PACKET[22:]
    translations.learn(_PACKET, [outside])
    assert translations.outside("udp", "1.1.1.32", "192.168.22.10", 5000) == 10000
    assert translations.outside("udp", "2.2.2.65", "192.168.22.10", 5000) == 5000
    assert translations.name("1.1.1.32", 17, 10000) == "of 192.168.22.10:5000"
    assert translations.name("1.1.1.32", 17, 10001) == "10001"
