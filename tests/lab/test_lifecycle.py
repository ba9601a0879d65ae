"""Spillway as a process: starts that fail, stops, signals, and what it leaves behind (R42, R44)."""

import os
import re
import signal
from pathlib import Path

import pytest

from . import links
from .echoes import udp_echo
from .lab import Lab
from .plan import Plan, PortForward
from .processes import Process
from .services import ECHO_PORT
from .waiting import until

_USAGE = 2
_SERVER = ("9.9.9.11", ECHO_PORT)
#: Where programs leave files behind.
_PLACES = ("/tmp", "/run", "/var/run", "/dev/shm", "/dev/hugepages")


@pytest.fixture
def lifecycle(own_router: Lab) -> Lab:
    return own_router


def _forwards(lab: Lab) -> bool:
    return udp_echo(lab["pc1"], _SERVER, b"forwarded?")


def _refused(lab: Lab, *command: str) -> str:
    """A start that must fail at once; what it says."""
    log = lab.folder / "refused.log"
    log.unlink(missing_ok=True)
    process = lab.keep(Process(lab["router"], list(command), log))
    assert process.wait(30) == _USAGE, process.said()
    return process.said()


def _variant(lab: Lab, old: str, new: str) -> list[str]:
    """The command for a second router whose configuration differs in one place."""
    config = lab.folder / "variant.conf"
    text = lab.spillway.config.read_text()
    assert old in text
    config.write_text(text.replace(old, new))
    return lab.spillway.command(config, lab.folder / "variant.sock")


def test_R44_second_instance_names_the_first(lifecycle: Lab) -> None:
    """On the same ports; the first one forwards on."""
    running = lifecycle.spillway.process
    assert running is not None
    said = _refused(lifecycle, *lifecycle.spillway.command(sock=lifecycle.folder / "other.sock"))
    assert str(running.pid) in said, said
    assert _forwards(lifecycle)


def test_R44_socket_in_use_is_named(lifecycle: Lab) -> None:
    """Another router may not take over the command socket of the first."""
    said = _refused(lifecycle, *lifecycle.spillway.command())
    assert str(lifecycle.spillway.socket) in said or "lan0" in said, said
    assert lifecycle.spillway.counters() is not None


def test_R44_missing_port_is_named(lifecycle: Lab) -> None:
    """An interface that is not there: the line, the side or the interface stands in the message."""
    lifecycle.router.stop()
    said = _refused(lifecycle, *_variant(lifecycle, '"wan2"', '"wan7"'))
    assert "wan7" in said, said


def test_R44_mistake_in_the_configuration_is_named(lifecycle: Lab) -> None:
    """File, line, setting, what was found, what is allowed."""
    lifecycle.router.stop()
    said = _refused(lifecycle, *_variant(lifecycle, '"failover"', '"fastest"'))
    assert re.search(r"variant\.conf:\d+", said) and "mode" in said and "fastest" in said, said


def test_R44_no_permission_is_named(lifecycle: Lab) -> None:
    """As nobody: told what is missing, and nothing is left half made."""
    lifecycle.router.stop()
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all"]
    command = [*nobody, *_variant(lifecycle, '"LAN"', '"HOME"')]
    said = _refused(lifecycle, *command)
    assert re.search("root|CAP_NET|permi", said, re.IGNORECASE), said
    assert not links.find(lifecycle["router"], "HOME")


@pytest.mark.parametrize("cpu", sorted(os.sched_getaffinity(0)))
def test_R46_log_names_the_workers_cpu(lifecycle: Lab, cpu: int) -> None:
    """Where the worker's thread may run, also when all threads have to share one CPU."""
    router = lifecycle.spillway
    router.stop()
    command = ["taskset", "--cpu-list", str(cpu), *router.command()]
    log = lifecycle.folder / f"cpu{cpu}.log"
    process = lifecycle.keep(Process(lifecycle["router"], command, log))
    process.wait_ready(lambda: "forwarding" in process.said(), "forwards")
    assert f"worker 0 on CPU {cpu}\n" in process.said()
    assert process.stop(seconds=20) == 0, process.said()


@pytest.mark.parametrize("way", ["SIGTERM", "SIGINT", "spillwayctl shutdown"])
def test_R42_stop_leaves_nothing(lifecycle: Lab, way: str) -> None:
    """Neither interface nor file; the last words are the counters, which balance."""
    router = lifecycle.spillway
    process = router.process
    assert process is not None and _forwards(lifecycle)
    files = _files_of(process.pid)
    if way == "spillwayctl shutdown":
        router.ctl("shutdown")
    else:
        process.popen.send_signal(getattr(signal, way))
    assert process.wait(30) == 0, process.said()
    router.stop()
    assert "counters balance" in process.said()
    assert links.names(lifecycle["router"]) == {"lan0", "wan1", "wan2"}
    assert [file for file in files if Path(file).exists()] == []
    assert not router.socket.exists()


def _files_of(pid: int) -> set[str]:
    """What a process has open or mapped in places for temporary files, but its own log."""
    links_to = {str(fd.readlink()) for fd in Path(f"/proc/{pid}/fd").iterdir()}
    mapped = re.findall(r" (/\S+)$", Path(f"/proc/{pid}/maps").read_text(), re.MULTILINE)
    return {f for f in links_to | set(mapped) if f.startswith(_PLACES) and not f.endswith(".log")}


def test_R42_interfaces_are_given_back_as_they_were(lifecycle: Lab) -> None:
    """The kernel's settings of a port that Spillway changes while it has it."""
    lifecycle.router.stop()
    keys = [
        f"net.ipv4.conf.{port}.{key}"
        for port in ("lan0", "wan1", "wan2")
        for key in ("rp_filter", "arp_ignore", "forwarding", "send_redirects")
    ]
    before = _sysctls(lifecycle, keys)
    lifecycle.router.start()
    assert _sysctls(lifecycle, keys) != before
    lifecycle.router.stop()
    assert _sysctls(lifecycle, keys) == before


def _sysctls(lab: Lab, keys: list[str]) -> str:
    return lab["router"].run("sysctl", *keys).stdout


def test_R44_starts_again_after_it_was_killed(lifecycle: Lab) -> None:
    """SIGKILL leaves a socket file behind; that keeps nobody from starting."""
    router = lifecycle.spillway
    assert router.process is not None
    router.process.popen.kill()
    router.process.popen.wait()
    router.process = None
    router.start()
    assert _forwards(lifecycle)


def test_R44_bad_reload_changes_nothing(lifecycle: Lab) -> None:
    """SIGHUP with a mistake in the file: it says so and forwards on by the old one."""
    router = lifecycle.spillway
    assert router.process is not None
    good = router.config.read_text()
    router.config.write_text(good.replace('"failover"', '"fastest"'))
    router.hang_up()
    until(lambda: "not reloaded" in router.said(), "the refusal is logged")
    assert _forwards(lifecycle)
    router.config.write_text(good)
    router.hang_up()
    until(lambda: re.search(r"reloaded .*conf$", router.said(), re.M), "the reload is logged")


def test_R44_reload_cannot_change_ports(lifecycle: Lab) -> None:
    """What needs a restart is refused by the remote control too, with a reason."""
    router = lifecycle.spillway
    good = router.config.read_text()
    router.config.write_text(good.replace('"wan2"', '"wan7"'))
    command = router.ctl_command("reload")
    refused = lifecycle["router"].run(*command, check=False)
    router.config.write_text(good)
    assert refused.returncode != 0
    assert "port" in refused.stdout + refused.stderr
    assert _forwards(lifecycle)


def test_R38_forward_that_comes_with_a_reload(lifecycle: Lab) -> None:
    """A port forward that did not exist at the start, reached by every uplink."""
    echo = lifecycle.services.python(lifecycle["pc1"], "echo", "0.0.0.0", ECHO_PORT)
    forward = PortForward("udp", 7007, "192.168.22.10", ECHO_PORT)
    try:
        lifecycle.router.reload(Plan(forwards=(forward,)))
        for uplink in lifecycle.plan.uplinks:
            assert udp_echo(lifecycle["internet"], (uplink.ip, 7007), b"new", source="9.9.9.9")
    finally:
        lifecycle.router.reload(Plan())
        echo.stop()
