"""Commands as people and scripts give them: rights, files, watches, prompts."""

import re
import shlex
import shutil
import signal
import socket
import termios
from pathlib import Path
from typing import Optional

import pytest

from .lab import Lab
from .processes import REPOSITORY, Process
from .programs import built
from .terminal import Terminal

_PROMPT = "spillway> "
#: A user who owns nothing, in a group that every Debian has.
_NOBODY = "65534"
_GROUP = "daemon"


@pytest.fixture
def cli(own_router: Lab) -> Lab:
    return own_router


def _ctl(lab: Lab, *words: str, group: str = "", sock: Optional[Path] = None) -> tuple[int, str, str]:
    """Exit code, output and errors; with a group: as a user who is nobody else but its member."""
    # A user without rights may not even see the folder that the program was built in.
    program = lab.folder / "spillwayctl"
    shutil.copy(built("control/spillwayctl"), program)
    lab.folder.chmod(0o755)
    lab.folder.parent.chmod(0o755)
    member = ["setpriv", f"--reuid={_NOBODY}", f"--regid={group}", "--clear-groups"]
    command = [str(program), "--socket", str(sock or lab.spillway.socket), *words]
    done = lab["router"].run(*(member if group else []), *command, check=False)
    return done.returncode, done.stdout, done.stderr


def test_who_is_in_the_sockets_group_may_look_only(cli: Lab) -> None:
    """Root's group, since nothing is configured."""
    assert _ctl(cli, "show", "uplinks", group="root")[0] == 0
    code, out, errors = _ctl(cli, "reload", group="root")
    assert code == 1 and not out and "reload: you may look only" in errors
    assert "admin_group" in errors
    assert _ctl(cli, "reload")[0] == 0


def test_others_cannot_open_the_socket(cli: Lab) -> None:
    code, _, errors = _ctl(cli, "show", "uplinks", group=_GROUP)
    assert code == 2 and "Permission denied" in errors


def test_administrators_may_change_things(cli: Lab) -> None:
    """`control.admin_group`; a group that is not there is named."""
    router = cli.spillway
    router.stop()
    config, sock = cli.folder / "admins.conf", cli.folder / "admins.sock"
    config.write_text(router.config.read_text() + f'control = {{ admin_group = "{_GROUP}"; }};\n')
    process = cli.keep(Process(cli["router"], router.command(config, sock), cli.folder / "a.log"))
    process.wait_ready(lambda: "forwarding" in process.said(), "forwards")
    try:
        assert _ctl(cli, "reload", group=_GROUP, sock=sock)[0] == 0
        assert _ctl(cli, "show", "uplinks", group="root", sock=sock)[0] == 2
    finally:
        assert process.stop(20) == 0, process.said()
    config.write_text(config.read_text().replace(_GROUP, "nonexistent"))
    refused = cli["router"].run(*router.command(config, sock), check=False)
    assert refused.returncode == 2 and '`control.admin_group`: found "nonexistent"' in refused.stderr


def test_a_file_stops_at_the_first_mistake(cli: Lab) -> None:
    commands = cli.folder / "commands"
    commands.write_text("# evening\nsh upl --json\n\nnonsense\nreload\n")
    code, out, errors = _ctl(cli, "-f", str(commands))
    assert code == 1 and '"active"' in out and "reloaded" not in out
    assert errors == f'{commands}:4: unknown command "nonsense"; `help` lists them\n'
    code, out, _ = _ctl(cli, "--keep-going", "-f", str(commands))
    assert code == 1 and "reloaded" in out


def test_commands_from_a_pipe(cli: Lab) -> None:
    command = cli.spillway.ctl_command()
    done = cli["router"].run(*command, stdin="show uplinks\nshow events 1\n")
    assert "ISP_1: " in done.stdout and "ISP_2: " in done.stdout


def test_a_watch_ends_well_by_a_signal(cli: Lab) -> None:
    command = cli.spillway.ctl_command("show", "uplinks", "--watch", "0.1")
    watch = cli.keep(Process(cli["router"], command, cli.folder / "watch.log"))
    watch.wait_ready(lambda: watch.said().count("ISP_1: ") >= 3, "repeats")
    watch.popen.send_signal(signal.SIGINT)
    assert watch.wait() == 0
    assert re.search(r"\n\n\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\nISP_1: ", watch.said())


def test_a_hundred_clients_half_of_them_stuck(cli: Lab) -> None:
    router = cli.spillway
    stuck = []
    for number in range(50):
        client = socket.socket(socket.AF_UNIX)
        client.connect(str(router.socket))
        client.send((b"", b"show cou", b"show events 1000 --json\n")[number % 3])
        stuck.append(client)
    command = router.ctl_command("show", "counters", "--json")
    logs = [cli.folder / f"client{number}" for number in range(50)]
    working = [cli.keep(Process(cli["router"], command, log)) for log in logs]
    assert [process.wait() for process in working] == [0] * 50
    for client in stuck:
        client.close()


def test_a_session(cli: Lab) -> None:
    """Short words, Tab, ?, history in a file, and a terminal as it was."""
    home = {"XDG_STATE_HOME": str(cli.folder)}
    with Terminal(cli["router"], cli.spillway.ctl_command(), home) as terminal:
        before = termios.tcgetattr(terminal.slave)
        terminal.until(_PROMPT)
        assert termios.tcgetattr(terminal.slave) != before
        terminal.press("sh upl\r")
        assert "ISP_1: " in terminal.until(_PROMPT)
        terminal.press("show cou\t\r")
        terminal.until("counters ")
        assert "balance" in terminal.until(_PROMPT)
        terminal.press("show ?")
        assert "health, rates, limits" in terminal.until("> show ")
        terminal.press("\x03quit\r")
        assert terminal.wait() == 0
        assert termios.tcgetattr(terminal.slave) == before
    with Terminal(cli["router"], cli.spillway.ctl_command(), home) as terminal:
        terminal.until(_PROMPT)
        terminal.press("\x1b[A\x1b[A\r")
        terminal.until("sh upl")
        terminal.until("ISP_1: ")
        terminal.until(_PROMPT)
        terminal.popen.terminate()
        assert terminal.wait() == 0, "SIGTERM puts the terminal right as well"
        assert termios.tcgetattr(terminal.slave) == before


def test_shells_complete_what_the_router_offers(cli: Lab) -> None:
    """With the script for bash, as bash calls it."""
    script = REPOSITORY / "completions/spillwayctl.bash"
    program = built("control/spillwayctl")

    def offered(*words: str) -> list[str]:
        line = ["spillwayctl", "--socket", str(cli.spillway.socket), *words]
        setting = f"COMP_WORDS=({' '.join(map(shlex.quote, line))}) COMP_CWORD={len(line) - 1}"
        call = '_spillwayctl; echo "${COMPREPLY[@]}"'
        shell = f"PATH={program.parent}:$PATH; . {script}; {setting}; {call}"
        return cli["router"].run("bash", "-c", shell).stdout.split()

    assert offered("sh") == ["show", "shutdown"]
    assert offered("sh", "upl") == ["uplinks"]
    assert "counters" in offered("show", "")
    assert offered("show", "uplinks", "--j") == ["--json"]
    assert offered("$(reboot)", "") == []


def test_the_routers_own_prompt(cli: Lab) -> None:
    """The log leaves the line alone; `quit` ends the router."""
    router = cli.spillway
    router.stop()
    command = [*router.command(), "--interactive"]
    with Terminal(cli["router"], command) as terminal:
        before = termios.tcgetattr(terminal.slave)
        terminal.until(_PROMPT)
        terminal.press("sh upl")
        router.ctl("reload")
        terminal.until("reloaded")
        terminal.until(_PROMPT + "sh upl")
        terminal.press("\r")
        terminal.until("ISP_2: ")
        terminal.press("quit\r")
        assert terminal.wait() == 0
        assert termios.tcgetattr(terminal.slave) == before
        assert "counters balance" in terminal.shown


def test_R46_a_stuck_terminal_holds_up_nothing(cli: Lab) -> None:
    """Ctrl-S, and a log that wants to be shown: the router answers, and ends by SIGTERM."""
    router = cli.spillway
    router.stop()
    with Terminal(cli["router"], [*router.command(), "--interactive"]) as terminal:
        terminal.until(_PROMPT)
        terminal.press("\x13show events 1000\r")
        for _ in range(5):
            router.ctl("reload")
        assert "ISP_1" in router.ctl("show", "uplinks")
        terminal.popen.terminate()
        assert terminal.wait() == 0


def test_an_interactive_router_needs_a_terminal(cli: Lab) -> None:
    router = cli.spillway
    router.stop()
    refused = cli["router"].run(*router.command(), "--interactive", check=False)
    assert refused.returncode == 2 and "must be a terminal" in refused.stderr
