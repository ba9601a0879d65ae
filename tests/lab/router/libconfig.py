"""Python values in libconfig's words."""

from typing import Any, Mapping


def setting(name: str, value: Any) -> str:
    return f"{name} = {_value(value)};"


def _value(value: Any) -> str:
    """A mapping is a group, a sequence a list."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, Mapping):
        return "{ " + " ".join(setting(name, each) for name, each in value.items()) + " }"
    return "( " + ", ".join(_value(each) for each in value) + " )"
