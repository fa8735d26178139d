"""What is wrong with a graph, with its place, collected before anything is refused."""

from collections.abc import Iterable
from typing import Any

from kernel.registry import ConfigProblem, Problem


class Problems:
    """Collects problems; `place` is where in the graph the reader stands."""

    def __init__(
        self,
        place: str,
        found: list[Problem] | None = None,
        *,
        user: Any = None,
        publishing: bool = False,
    ) -> None:
        self.place = place
        # Whose rights narrow what may be named, and whether it is to run or only to be drawn.
        self.user = user
        self.publishing = publishing
        self.found: list[Problem] = [] if found is None else found

    def at(self, *path: object) -> "Problems":
        """Step to a place inside, with the same list."""
        place = ".".join([self.place, *map(str, path)])
        return Problems(place, self.found, user=self.user, publishing=self.publishing)

    def add(self, code: str, message: Any) -> None:
        """Note a problem here."""
        self.found.append({"field": self.place, "code": code, "message": str(message)})

    def extend(self, problems: Iterable[Problem]) -> None:
        """Note what a plug-in found, below here."""
        for problem in problems:
            field = problem["field"]
            inner = f"{self.place}.{field}" if field else self.place
            self.found.append({**problem, "field": inner})

    def finish(self) -> None:
        """Refuse the graph if anything was noted."""
        if self.found:
            raise ConfigProblem(self.found)
