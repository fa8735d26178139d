"""Which columns of a wide file are shown at once: two thousand are a page nobody can use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kernel.ids import read_id

Line = dict[str, Any]
FIRST = MORE = 200
LONGEST = 200


@dataclass(frozen=True)
class Part:
    """How many, and those of which name."""

    most: int = FIRST
    find: str = ""

    @classmethod
    def read(cls, sent: Mapping[str, Any]) -> "Part":
        """Read it from an address or a form."""
        find = str(sent.get("find", "")).replace("\0", "").strip()[:LONGEST]
        return cls(max(FIRST, read_id(sent.get("shown")) or 0), find)

    def of(self, lines: Sequence[Line]) -> dict[str, Any]:
        """Return the lines to show, those that go somewhere before the others, as in the file."""
        wanted = self.find.casefold()
        found = [line for line in lines if wanted in f"{line['name']} {line['label']}".casefold()]
        going = [line for line in found if line["to"]]
        others = [line for line in found if not line["to"]]
        shown = sorted([*going, *others][: self.most], key=lambda line: int(line["place"]))
        return {
            "lines": shown,
            "wide": len(lines) > FIRST,
            "hidden": len(found) - len(shown),
            "shown": self.most,
            "more": self.most + MORE,
            "find": self.find,
        }
