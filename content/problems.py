"""What is wrong with a template, and where: the errors an author sees."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class TemplateProblem:
    """One fault with its place; line and column count from 1, `field` names the part it is in."""

    message: str
    line: int
    column: int
    code: str
    field: str = ""


class TemplateRefused(ValueError):  # noqa: N818  it says what happened to the template
    """The template cannot be used; `problems` says why, in the order of the source."""

    def __init__(self, problems: Iterable[TemplateProblem]) -> None:
        found = list(problems)
        fields = list(dict.fromkeys(problem.field for problem in found))
        found.sort(key=lambda problem: (fields.index(problem.field), problem.line, problem.column))
        self.problems = tuple(found)
        super().__init__("; ".join(f"{p.line}:{p.column} {p.message}" for p in self.problems))


class RenderRefused(ValueError):  # noqa: N818
    """One recipient's rendering was stopped, for instance because it grew too large."""

    def __init__(self, message: str, code: str) -> None:
        self.code = code
        super().__init__(message)


class Places:
    """Finds line and column of a piece of source, given the line the parser named."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._lines = source.split("\n")

    def find(self, line: int | None, hint: str = "") -> tuple[int, int]:
        line = min(max(line or 1, 1), len(self._lines))
        text = self._lines[line - 1]
        # A tag may span lines while the parser names its first one: look a little further.
        for offset, later in enumerate(self._lines[line - 1 : line + 4]):
            if hint and (at := later.find(hint)) >= 0:
                return line + offset, at + 1
        tags = [at for at in (text.find("{{"), text.find("{%")) if at >= 0]
        return line, (min(tags) + 1 if tags else 1)

    def within(self, span: tuple[int, int], hint: str) -> tuple[int, int]:
        """The place of the hint in this part of the source, or where the part begins."""
        at = self._source.find(hint, *span) if hint else -1
        return self.at(at if at >= 0 else span[0])

    def at(self, offset: int) -> tuple[int, int]:
        for number, text in enumerate(self._lines, start=1):
            if offset <= len(text):
                return number, offset + 1
            offset -= len(text) + 1
        return len(self._lines), 1
