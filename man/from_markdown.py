"""The manual page of the configuration file, out of docs/configuration.md.

usage: from_markdown.py FILE.md > FILE.5

Knows what that file uses: headings, paragraphs, lists, tables of settings, indented examples, and in
a line code, bold and links. Anything else would show up as plain text.
"""

import re
import sys
from typing import Iterator

_HEAD = """.Dd $Mdocdate$
.Dt SPILLWAY.CONF 5
.Os
.Sh NAME
.Nm spillway.conf
.Nd configuration of the router Spillway
.Sh DESCRIPTION
"""
_TAIL = """.Sh SEE ALSO
.Xr spillwayctl 1 ,
.Xr spillway 8
"""


def escaped(text: str) -> str:
    """For the text of a line: what roff would read as its own."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text[:1] in (".", "'") else text


def inline(text: str) -> str:
    """Code and bold as bold, links as their text."""
    text = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", text)
    parts = re.split(r"`([^`]*)`|\*\*([^*]*)\*\*", text)
    out = ""
    for plain, code, bold in zip(parts[0::3], parts[1::3] + [None], parts[2::3] + [None]):
        strong = code if code is not None else bold
        out += escaped(plain) + (f"\\fB{escaped(strong)}\\fR" if strong else "")
    out = re.sub(r"(?<=[.!?]) +(?=\S)", "\n", out)  # mdoc begins each sentence on a line of its own
    return "\\&" + out if out[:1] in (".", "'") else out


def table(rows: list[str]) -> Iterator[str]:
    """The first column is the setting; the header names what the others are."""
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]
    header = cells[0]
    yield ".Bl -tag -width Ds"
    for row in cells[2:]:
        yield f".It {inline(row[0])}"
        said = [
            inline(cell) if name == "meaning" else f"{inline(name)}: {inline(cell)}"
            for name, cell in zip(header[1:], row[1:])
            if cell
        ]
        yield "; ".join(said) or "\\&"
    yield ".El"


def kind(line: str) -> str:
    """What a line is, by how it begins."""
    for start, name in (("#", "heading"), ("- ", "item"), ("|", "table"), ("    ", "example")):
        if line.startswith(start):
            return name
    return "text"


def blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    """Lines that belong together, and what they are. A line of text goes on with an item."""
    block: list[str] = []
    for line in [*text.splitlines(), ""]:
        goes_on = block and line.strip() and kind(line) not in ("heading", "item")
        if goes_on and kind(block[0]) != "heading":
            same = kind(line) == kind(block[0])
            if same or (kind(block[0]) == "item" and kind(line) == "text"):
                block.append(line)
                continue
        if block:
            yield kind(block[0]), block
        block = [line] if line.strip() else []


def page(text: str) -> Iterator[str]:
    before = ""
    for what, lines in blocks(text):
        if before == "item" and what != "item":
            yield ".El"
        if what == "heading":
            level, _, title = lines[0].partition(" ")
            if level != "#":
                yield f".Ss {inline(title)}"
        elif what == "table":
            yield from table(lines)
        elif what == "example":
            yield ".Bd -literal -offset indent"
            yield from (escaped(line[4:]) for line in lines)
            yield ".Ed"
        elif what == "item":
            if before != "item":
                yield ".Bl -bullet"
            yield ".It"
            yield inline(" ".join([lines[0][2:], *(line.strip() for line in lines[1:])]))
        else:
            if before not in ("", "heading"):
                yield ".Pp"
            yield inline(" ".join(lines))
        before = what
    if before == "item":
        yield ".El"


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        print(_HEAD + "\n".join(page(file.read())) + "\n" + _TAIL, end="")


if __name__ == "__main__":
    main()
