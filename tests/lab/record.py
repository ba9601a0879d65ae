"""What a laboratory leaves on the machine while it stands, written down so that any later process
can take it away: /run/spillway-lab/NAME/record.json."""

import json
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path

from .errors import LabError
from .namespace import Namespace
from .processes import Identity, end_group
from .waiting import until

ROOT = Path("/run/spillway-lab")


@dataclass
class Record:
    name: str
    options: dict[str, str]  # of the command line that made it
    owner: Identity
    namespaces: list[str] = field(default_factory=list)
    processes: list[Identity] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return ROOT / self.name

    def create(self) -> None:
        until(self._make_folder, f"{self.folder} can be made")
        self.save()

    def _make_folder(self) -> bool:
        """False when another laboratory has just taken the common folder away as the last one."""
        ROOT.mkdir(parents=True, exist_ok=True)
        try:
            self.folder.mkdir(mode=0o755)
        except FileExistsError as e:
            raise LabError(f"laboratory {self.name} exists; scripts/lab down removes it") from e
        except FileNotFoundError:
            return False
        return True

    def save(self) -> None:
        """At once or not at all: another process may read it, or this one be killed."""
        new = self.folder / "record.json.new"
        new.write_text(json.dumps(asdict(self)))
        new.replace(self.folder / "record.json")

    def remove(self) -> None:
        """Everything it names: processes first, they hold namespaces and files."""
        for identity in reversed(self.processes):
            end_group(identity)
        for name in self.namespaces:
            Namespace(name).delete()
        shutil.rmtree(self.folder, ignore_errors=True)
        remove_root_if_empty()


def remove_root_if_empty() -> None:
    try:
        ROOT.rmdir()
    except OSError:
        pass  # another laboratory stands, or it is gone already


def load(name: str) -> Record:
    try:
        data = json.loads((ROOT / name / "record.json").read_text())
    except FileNotFoundError as e:
        raise LabError(f"no laboratory {name} stands; scripts/lab up makes one") from e
    data["owner"] = Identity(**data["owner"])
    data["processes"] = [Identity(**identity) for identity in data["processes"]]
    return Record(**data)


def names() -> list[str]:
    """Of all laboratories on this machine."""
    return sorted(path.parent.name for path in ROOT.glob("*/record.json"))
