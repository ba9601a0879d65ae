"""A session at the prompt of a real router, recorded for docs/cli-session.md."""

from ..lab import Lab
from ..plan import ISP_1, Plan
from ..processes import REPOSITORY
from ..router.spillway import SpillwayRouter
from ..terminal import Terminal
from ..waiting import until

_PAGE = REPOSITORY / "docs/cli-session.md"
_PROMPT = "spillway> "
_TITLE = """# A session

Recorded in the laboratory by `scripts/lab session --write`: a router with two uplinks.
"""

#: What is typed, and what is shown when it has been answered.
Step = tuple[str, str]

_SCENES: tuple[tuple[str, tuple[Step, ...]], ...] = (
    (
        "`?` says what there is, and behind the beginning of a command what may follow.",
        (("?", _PROMPT), ("show ?", "> show "), ("\x03", _PROMPT)),
    ),
    (
        "Tab completes: here `sh`, then `show u`. Short words will do where they have one meaning.",
        (
            ("sh\t", "> sh"),
            ("ow u\t", "uplinks "),
            ("\r", _PROMPT),
            ("sh\r", _PROMPT),
            ("sh cou\r", _PROMPT),
        ),
    ),
    (
        "Somebody pulls the first uplink's cable. `--watch` shows what becomes of it.",
        (("show uplinks --watch 0.5 --count 2\r", _PROMPT), ("show events 6\r", _PROMPT)),
    ),
    (
        "Mistakes are named.",
        (("relaod\r", _PROMPT), ("show events 5000\r", _PROMPT), ("reload --watch\r", _PROMPT)),
    ),
    ("`help` lists all commands.", (("help\r", _PROMPT), ("quit\r", "quit\n"))),
)


def record(write: bool) -> None:
    """Prints the page, or puts it in the place of the old one."""
    with Lab(Plan().with_wires(), SpillwayRouter) as lab:
        page = _TITLE + _play(lab)
    if write:
        _PAGE.write_text(page)
    else:
        print(page, end="")


def _play(lab: Lab) -> str:
    text = ""
    with Terminal(lab["router"], lab.spillway.ctl_command()) as terminal:
        terminal.until(_PROMPT)
        for number, (comment, steps) in enumerate(_SCENES):
            if number == 2:
                _pull_the_cable(lab)
            shown = _PROMPT + "".join(_do(terminal, step) for step in steps)
            lines = shown.removesuffix(_PROMPT).rstrip("\n").split("\n")
            text += f"\n{comment}\n\n" + "".join(f"    {line}".rstrip() + "\n" for line in lines)
    return text


def _do(terminal: Terminal, step: Step) -> str:
    keys, shown = step
    terminal.press(keys)
    return terminal.until(shown)


def _pull_the_cable(lab: Lab) -> None:
    lab.faults.cut(lab.plan.uplink(ISP_1.name))
    router = lab.spillway

    def down() -> bool:
        return any(u["health"] == "down" for u in router.show("uplinks")["uplinks"])

    until(down, f"{ISP_1.name} is down")
