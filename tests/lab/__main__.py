"""The laboratory from a shell; `scripts/lab` calls this.

Exit codes: 0 done (of `run`: the command's own); 1 interrupted; 2 it cannot be done.
"""

import argparse
import os
import signal
import sys
from typing import NoReturn

from . import fault_words
from .demo import session
from .demo.demo import run_demo
from .errors import LabError
from .measure import failover_times, idle_cost
from .programs import check_machine
from .record import load, names
from .standing import DEFAULT_NAME, ROUTERS, Standing, make, start_all
from .status import all_lines, lines_of


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/lab", description=__doc__.splitlines()[0])
    parser.add_argument("--name", default=DEFAULT_NAME, help="of the laboratory (default: lab)")
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="make a laboratory and leave it standing")
    demo = commands.add_parser("demo", help="a laboratory under load, watched live")
    for command in (up, demo):
        command.add_argument("--router", choices=ROUTERS, default="spillway")
        command.add_argument("--uplinks", choices=["1", "2", "3"], default="2")
        command.add_argument("--delay", default="", help="of each uplink's wire, ms each way")
        command.add_argument("--rate", default="", help="of each uplink's wire, such as 10M")
    down = commands.add_parser("down", help="take it away, or what a killed process left of it")
    down.add_argument("--all", action="store_true", help="every laboratory on this machine")
    commands.add_parser("status", help="what stands")
    run = commands.add_parser("run", help="run a command on a host")
    run.add_argument("--on", default="pc1", metavar="HOST", help="default: pc1")
    run.add_argument("words", nargs=argparse.REMAINDER, metavar="COMMAND")
    shell = commands.add_parser("shell", help="a shell on a host")
    shell.add_argument("host")
    fault = commands.add_parser("fault", help=fault_words.USAGE)
    fault.add_argument("words", nargs="*")
    failover = commands.add_parser("failover", help="measure how long outages last")
    failover.add_argument("--runs", type=int, default=5, help="of each kind (default: 5)")
    idle = commands.add_parser("idle", help="measure what each way to wait for packets costs")
    idle.add_argument("--rounds", type=int, default=5, help="of each way (default: 5)")
    recorded = commands.add_parser("session", help="record a session for docs/cli-session.md")
    recorded.add_argument("--write", action="store_true", help="put it there")
    demo.add_argument("--downloads", type=int, default=40, help="at the same time")
    demo.add_argument("--seconds", type=float, default=60)
    return parser


def _up(arguments: argparse.Namespace) -> int:
    options = {key: getattr(arguments, key) for key in ("router", "uplinks", "delay", "rate")}
    start_all(make(arguments.name, {**options, "mode": "failover"}))
    print("\n".join(lines_of(load(arguments.name))))
    print("scripts/lab run ping 9.9.9.9; scripts/lab shell pc1; scripts/lab fault ISP_1 loss 20")
    return 0


def _down(arguments: argparse.Namespace) -> int:
    for name in names() if arguments.all else [arguments.name]:
        load(name).remove()
    return 0


def _enter(lab: Standing, host: str, command: list[str]) -> NoReturn:
    name = lab.namespace_name(host)
    if name is None:
        raise LabError(f"no host {host}; there are: {' '.join(lab.topology.namespaces)}")
    words = ["ip", "netns", "exec", name, *command]
    os.execvp(words[0], words)


def _obey(arguments: argparse.Namespace) -> int:
    command = arguments.command
    if command == "up":
        return _up(arguments)
    if command == "down":
        return _down(arguments)
    if command == "demo":
        return run_demo(arguments)
    if command == "session":
        session.record(arguments.write)
        return 0
    if command == "failover":
        failover_times.run(arguments.runs)
        return 0
    if command == "idle":
        idle_cost.run(arguments.rounds)
        return 0
    if command == "status":
        print("\n".join(all_lines()))
        return 0
    return _on_standing(Standing(arguments.name), arguments)


def _on_standing(lab: Standing, arguments: argparse.Namespace) -> int:
    if arguments.command == "fault":
        fault_words.apply(lab.faults, lab.plan, arguments.words)
        print(f"faults: {', '.join(lab.faults.active) or 'none'}")
        return 0
    if arguments.command == "shell":
        _enter(lab, arguments.host, ["bash"])
    words = arguments.words[1:] if arguments.words[:1] == ["--"] else arguments.words
    if not words:
        raise LabError("run: no command named")
    _enter(lab, arguments.on, words)


def main() -> int:
    # A terminated laboratory is taken down like an interrupted one.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(1))
    arguments = _parser().parse_args()
    try:
        check_machine()
        return _obey(arguments)
    except KeyboardInterrupt:
        return 1
    except LabError as e:
        print(f"lab: {e}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
