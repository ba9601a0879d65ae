"""What the router tells of connections, explains, and ends, while real programs use them."""

import json
import re
from typing import Any, Iterator

import pytest

from .clients import seen_address
from .echoes import udp_echo
from .fetch import Fetch
from .lab import Lab, RouterMaker
from .plan import ISP_1, ISP_2, WEB_SERVER, Plan, Uplink
from .services import ECHO_PORT
from .settled import settled
from .waiting import until

_SIZE = 30_000_000
_RATE = 300_000  # bytes a second: it outlasts every test
_CURL_RESET = "exit code 56"  # CURLE_RECV_ERROR

#: As people take `conntrack -L` apart.
_CONNTRACK = re.compile(
    r"^(?P<proto>\w+)\s+(?P<number>\d+)\s+(?P<left>\d+)\s+(?:(?P<state>[A-Z_]+)\s+)?"
    r"src=(?P<src>\S+) dst=(?P<dst>\S+) sport=(?P<sport>\d+) dport=(?P<dport>\d+) "
    r"packets=(?P<packets>\d+) bytes=(?P<bytes>\d+) (?:\[UNREPLIED\] )?"
    r"src=(?P<back_src>\S+) dst=(?P<back_dst>\S+) sport=(?P<back_sport>\d+) "
    r"dport=(?P<back_dport>\d+) packets=(?P<back_packets>\d+) bytes=(?P<back_bytes>\d+) "
    r"(?:\[ASSURED\] )?mark=(?P<mark>\d+) use=\d+$"
)


@pytest.fixture(scope="module")
def connections_lab(spillway: None, make_router: RouterMaker) -> Iterator[Lab]:
    with Lab(Plan(), make_router) as lab:
        yield lab


@pytest.fixture
def told(connections_lab: Lab) -> Iterator[Lab]:
    yield from settled(connections_lab)


def test_R10_a_download_is_shown_as_it_is(told: Lab) -> None:
    """Addresses, mark, translation, state, counters that grow; the same as conntrack's lines."""
    fetch = Fetch(told["pc1"], ISP_2.pinned_server, _SIZE, _RATE).began()
    try:
        one = _the_one(told, ISP_2)
        assert one["source"] == "192.168.22.10" and one["destination_port"] == 80
        assert one["mark"] == "Sticky_ISP_2" and one["uplink"] == "ISP_2"
        assert one["translated_source"] == f"{ISP_2.ip}:{one['source_port']}"
        assert one["state"] == "established" and one["timeout_s"] > 86000
        until(lambda: _the_one(told, ISP_2)["bytes"][1] > one["bytes"][1], "the counters grow")
        line = _ctl(told, "show", "connections", *_filter(ISP_2), "format", "conntrack")
        match = _CONNTRACK.match(line)
        assert match, line
        said = match.groupdict()
        assert (said["proto"], said["number"], said["state"]) == ("tcp", "6", "ESTABLISHED")
        assert (said["src"], said["dst"]) == ("192.168.22.10", ISP_2.pinned_server)
        assert (said["back_src"], said["back_dst"]) == (ISP_2.pinned_server, ISP_2.ip)
        assert int(said["sport"]) == one["source_port"] and said["mark"] == "2"
        assert int(said["back_bytes"]) >= one["bytes"][1]
        assert _ctl(told, "show", "connections", "count", *_filter(ISP_2)).strip() == "1"
        assert _ctl(told, "show", "connections", "count", *_filter(ISP_1)).strip() == "0"
    finally:
        fetch.stop()


def test_sorted_the_largest_comes_first(told: Lab) -> None:
    """A download among many small ones."""
    fetch = Fetch(told["pc1"], ISP_1.pinned_server, _SIZE, _RATE).began()
    try:
        assert all(udp_echo(told["pc2"], (WEB_SERVER, ECHO_PORT), b"small") for _ in range(20))
        until(lambda: _the_one(told, ISP_1)["bytes"][1] > 100_000, "it is the largest")
        words = ("show", "connections", "sort", "bytes", "limit", "1", "--json")
        answer = json.loads(_ctl(told, *words))
        assert answer["connections"][0]["destination"] == ISP_1.pinned_server
        assert answer["shown"] == 1 and answer["matched"] > 1
    finally:
        fetch.stop()


@pytest.mark.parametrize("uplink", [ISP_1, ISP_2], ids=lambda u: u.name)
def test_R30_explain_says_what_then_happens(told: Lab, uplink: Uplink) -> None:
    """The rule by its name and line, the uplink, the translation; and what lives stays."""
    said = _explain(told, "tcp", "192.168.22.10:55555", f"{uplink.pinned_server}:80")
    assert said["verdict"] == "forward" and said["uplink"] == uplink.name
    assert said["rule"]["name"] == f"to {uplink.name}" and said["rule"]["line"] > 0
    assert said["translated_source"] == uplink.ip and said["source_port_kept"] is True
    assert said["connections"] == []
    assert seen_address(told["pc1"], uplink.pinned_server) == uplink.ip
    fetch = Fetch(told["pc1"], uplink.pinned_server, _SIZE, _RATE).began()
    try:
        port = _the_one(told, uplink)["source_port"]
        said = _explain(told, "tcp", f"192.168.22.10:{port}", f"{uplink.pinned_server}:80")
        assert [c["uplink"] for c in said["connections"]] == [uplink.name]
        other = _explain(told, "tcp", f"192.168.22.11:{port}", f"{uplink.pinned_server}:80")
        assert other["source_port_kept"] is False, "another host's connection has it"
        back = _explain(
            told, "tcp", f"{uplink.pinned_server}:80", f"{uplink.ip}:{port}", "from", "uplink",
            uplink.name,
        )
        assert len(back["connections"]) == 1, "found by its answers too"
        assert back["verdict"] == "drop" and back["drop"] == "unsolicited"
    finally:
        fetch.stop()


def test_R35_cleared_connections_end_and_others_go_on(told: Lab) -> None:
    """curl is told at once by a reset; the download by the other uplink does not notice."""
    doomed = Fetch(told["pc1"], ISP_1.pinned_server, _SIZE, _RATE).began()
    spared = Fetch(told["pc2"], ISP_2.pinned_server, 2_000_000, 1_000_000, seed=3).began()
    try:
        everything = told.spillway.ctl_command("clear", "connections")
        refused = told["router"].run(*everything, check=False)
        assert refused.returncode == 1 and "no filter" in refused.stderr
        said = json.loads(
            _ctl(told, "clear", "connections", "uplink", "ISP_1", "proto", "tcp", "--json")
        )
        assert said["ended"] >= 1
        assert _CURL_RESET in doomed.error()
        assert _ctl(told, "show", "connections", "count", *_filter(ISP_1)).strip() == "0"
        assert spared.intact()
    finally:
        doomed.stop()
        spared.stop()


def _ctl(lab: Lab, *words: str) -> str:
    return lab.spillway.ctl(*words)


def _filter(uplink: Uplink) -> list[str]:
    return ["dst", uplink.pinned_server, "proto", "tcp", "state", "established"]


def _the_one(lab: Lab, uplink: Uplink) -> dict[str, Any]:
    rows = json.loads(_ctl(lab, "show", "connections", *_filter(uplink), "--json"))["connections"]
    assert len(rows) == 1, rows
    return rows[0]


def _explain(lab: Lab, *words: str) -> dict[str, Any]:
    return json.loads(_ctl(lab, "explain", *words, "--json"))
