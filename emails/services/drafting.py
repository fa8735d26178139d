"""What is being written, shown as far as it can be: a faulty subject hides no page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from channels.services import storing
from content.message import Rendered
from content.problems import RenderRefused, TemplateRefused
from emails.models import Email
from emails.services import editing, preview


@dataclass(frozen=True)
class Draft:
    """The mail, unless its body cannot be shown, and what is to be mended."""

    shown: Rendered | None
    problems: list[dict[str, Any]]


def draft(email: Email, contact: int | None, now: datetime, audience: str = "") -> Draft:
    """Fill in what an author has before them; lines that are faulty are left empty."""
    problems = editing.line_faults(email)
    _empty(email, problems)
    shown, more = _tried(email, contact, now, audience)
    if shown is None and all(problem["field"] in editing.LINES for problem in more):
        _empty(email, more)
        shown, others = _tried(email, contact, now, audience)
        more += others
    return Draft(shown, problems + more)


def _tried(
    email: Email, contact: int | None, now: datetime, audience: str
) -> tuple[Rendered | None, list[dict[str, Any]]]:
    try:
        return preview.draft(email, contact, now, audience), []
    except TemplateRefused as refused:
        return None, [storing.told(problem) for problem in refused.problems]
    except RenderRefused as refused:
        return None, [{"field": "", "message": str(refused), "line": None, "column": None}]


def _empty(email: Email, problems: list[dict[str, Any]]) -> None:
    for problem in problems:
        setattr(email, problem["field"], "")
