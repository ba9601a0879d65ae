"""The laboratory's cable does what it is told, no more and no less."""

import json
import re
import struct
import subprocess
import tempfile
from pathlib import Path
from typing import Iterator

import pytest

from .errors import LabError
from .programs import built
from .station import VLAN_TYPE
from .waiting import until
from .wire_bench import MACS, PATIENCE_S, Bench, Wire, numbered_frames, numbers_of


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        try:
            bench.build()
            yield bench
        finally:
            bench.remove()


@pytest.fixture
def wire(request: pytest.FixtureRequest, bench: Bench) -> Iterator[Wire]:
    """Parameters: options, vlan."""
    given = getattr(request, "param", {})
    wire = Wire(bench, given.get("options", {}), given.get("vlan"), seed=1)
    yield wire
    assert wire.process.stop() == 0, wire.process.said()


def _with(**options: str) -> "pytest.MarkDecorator":
    named = {key.replace("_", "-"): value for key, value in options.items()}
    return pytest.mark.parametrize("wire", [{"options": named}], indirect=True)


def test_frames_of_every_length_cross_unchanged(wire: Wire) -> None:
    frames = [numbered_frames(1, size)[0] for size in range(42, 1496, 7)]
    assert wire.cross(frames, len(frames)) == frames


@_with(loss="50")
def test_loss_takes_the_share_that_was_named(wire: Wire) -> None:
    for frame in numbered_frames(1000):
        wire.bench.left.send(frame)
    counters = wire.settle(1000)
    assert 400 < counters["lost"] < 600
    assert counters["lost"] + counters["sent"] == counters["received"]
    wire.cross([], counters["sent"])


def test_the_same_seed_loses_the_sameframes(bench: Bench) -> None:
    runs = []
    for _ in range(2):
        wire = Wire(bench, {"loss": "30"}, None, seed=5)
        for frame in numbered_frames(300):
            bench.left.send(frame)
        runs.append(numbers_of(wire.cross([], wire.settle(300)["sent"])))
        wire.process.stop()
    assert runs[0] == runs[1]


def test_cut_and_join(wire: Wire) -> None:
    wire.control.command("cut")
    for frame in numbered_frames(10):
        wire.bench.left.send(frame)
    assert wire.settle(10)["cut"] >= 10
    wire.control.command("join")
    assert numbers_of(wire.cross(numbered_frames(10), 10)) == list(range(10))


@_with(duplicate="100")
def test_duplicates(wire: Wire) -> None:
    assert numbers_of(wire.cross(numbered_frames(5), 10)) == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]


@_with(reorder="20", hold="5")
def test_reordering_loses_nothing(wire: Wire) -> None:
    numbers = numbers_of(wire.cross(numbered_frames(200), 200))
    assert sorted(numbers) == list(range(200)) and numbers != list(range(200))


@_with(delay="10", jitter="10")
def test_jitter_keeps_the_order(wire: Wire) -> None:
    assert numbers_of(wire.cross(numbered_frames(200), 200)) == list(range(200))


@_with(delay="20")
def test_delay_is_exact_to_a_millisecond(wire: Wire) -> None:
    """The shortest of many round trips: the machine may be busy during the others."""
    command = ["ping", "-c", "20", "-i", "0.02", "-q", "10.0.0.2"]
    said = wire.bench.ends[0].run(*command).stdout
    shortest = float(re.search(r"= ([\d.]+)/", said)[1])  # type: ignore[index]
    assert 40 <= shortest < 41


@_with(ab_rate="1M", ab_queue="60000")
def test_rate_holds_frames_back(wire: Wire) -> None:
    """50 frames of 1250 bytes take half a second at 1 Mbit/s: no time may pass unnoticed, so the
    answer to a ping behind them takes at least as long."""
    for frame in numbered_frames(50, 1250 - 18):
        wire.bench.left.send(frame)
    said = wire.bench.ends[0].run("ping", "-c", "1", "-W", "20", "10.0.0.2").stdout
    assert float(re.search(r"time=([\d.]+)", said)[1]) > 100  # type: ignore[index]
    wire.cross([], 50)


@_with(ab_rate="1M", ab_queue="50")
def test_full_queue_drops_the_rest(wire: Wire) -> None:
    """50 ms at 1 Mbit/s is 6250 bytes: five frames, the one in transmission, and what the burst
    or a pause of the sender lets through."""
    for frame in numbered_frames(100, 1250 - 18):
        wire.bench.left.send(frame)
    counters = wire.settle(100)
    assert counters["overflowed"] > 50
    assert counters["overflowed"] + counters["sent"] == counters["received"]
    wire.cross([], counters["sent"] - (counters["received"] - 100))


@pytest.mark.parametrize("wire", [{"vlan": 100}], indirect=True)
def test_vlan_tag_goes_and_comes(wire: Wire) -> None:
    """Side A of the wire is tagged: what enters there without the tag is not this wire's."""
    plain = numbered_frames(1)[0]
    tagged = MACS + struct.pack(">HH", VLAN_TYPE, 100) + plain[12:]
    other = MACS + struct.pack(">HH", VLAN_TYPE, 101) + plain[12:]
    assert wire.cross([plain, other, tagged], 1) == [plain]
    wire.bench.right.send(plain)
    back = wire.bench.left.receive_all(lambda got: bool(got), PATIENCE_S, VLAN_TYPE)
    assert back == [tagged]
    assert wire.control.counters()["ab"]["other_vlan"] >= 2


def test_foreign_tag_crosses_with_its_frame(wire: Wire) -> None:
    tagged = MACS + struct.pack(">HH", VLAN_TYPE, 0x6065) + numbered_frames(1)[0][12:]
    wire.bench.left.send(tagged)
    out = wire.bench.right.receive_all(lambda got: bool(got), PATIENCE_S, VLAN_TYPE)
    assert out == [tagged]


def test_interface_that_goes_down_comes_back(wire: Wire) -> None:
    wire.bench.middle.ip("link set dev wire-a down", "link set dev wire-a up")
    assert numbers_of(wire.cross(numbered_frames(3), 3)) == [0, 1, 2]


def test_settings_change_while_it_runs(wire: Wire) -> None:
    wire.control.command("ab loss 100")
    wire.bench.left.send(numbered_frames(1)[0])
    assert wire.settle(1)["lost"] >= 1
    wire.control.command("reset")
    wire.cross(numbered_frames(3), 3)


def test_idle_wire_sleeps(wire: Wire) -> None:
    status = Path(f"/proc/{wire.process.pid}/status")
    seen: list[str] = []

    def asleep_twenty_times() -> bool:
        seen.append(re.search(r"State:\t(\w)", status.read_text())[1])  # type: ignore[index]
        return seen[-20:] == ["S"] * 20

    until(asleep_twenty_times, "the wire sleeps", every=0.005)


@pytest.mark.parametrize(
    "command, said",
    [
        ("loss 101", r'loss: found "101"; allowed: per cent from 0 to 100'),
        ("loss", r'loss: found ""; allowed'),
        ("speed 3", "speed: unknown setting; allowed: delay,"),
        ("delay 3 4", "delay: more than a name and a value"),
        ("rate 3Q", r'rate: found "3Q"; allowed: bit/s'),
    ],
)
def test_bad_commands_are_named(wire: Wire, command: str, said: str) -> None:
    with pytest.raises(LabError, match=said):
        wire.control.command(command)
    wire.cross(numbered_frames(1), 1)


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["--a", "wire-a"], "--b: needs the name"),
        (["--a", "nothere", "--b", "wire-b"], "nothere: no such interface"),
        (["--a", "wire-a", "--b", "wire-b", "--ba-loss", "x"], "--ba-loss: found"),
        (["--a", "wire-a", "--b", "wire-b", "--vlan-a", "4095"], "--vlan-a: found"),
        (["--a", "wire-a", "--b", "wire-b", "--control", "/nowhere/x"], "--control: /nowhere/x"),
        (["wire-a"], "wire-a"),
    ],
)
def test_bad_options_are_named(bench: Bench, arguments: list[str], said: str) -> None:
    wire = [str(built("tests/lab/lab-wire")), *arguments]
    done = subprocess.run(
        [*bench.middle.prefix(), *wire], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2 and said in done.stderr and not done.stdout


def test_counters_are_json(wire: Wire) -> None:
    wire.cross(numbered_frames(4), 4)
    answer = json.loads(wire.control.command("counters"))
    assert set(answer) == {"ab", "ba"}
    assert answer["ab"]["unfinished_checksums"] == 0 and answer["ab"]["overrun"] == 0
