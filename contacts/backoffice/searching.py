"""What people type into the search of contacts: words, and tokens such as `tag:vip`."""

import re
from collections.abc import Callable
from typing import Any

from contacts.models import Tag
from kernel import subjects

TOKEN = re.compile(r'(?<!\S)(tag|segment|stage|email):(?:"([^"]*)"|(\S+))')


def taken(text: str, user: Any) -> tuple[str, dict[str, str]]:
    """Return what is left of a text without its tokens, and the filters they mean.

    What names nothing stays text, and then finds nobody: better than finding everybody.
    """
    filters: dict[str, str] = {}

    def take(match: re.Match[str]) -> str:
        key, wanted = match[1], (match[2] or match[3] or "").strip()
        value = READERS[key](wanted, user) if wanted else None
        if value is None:
            return match[0]
        filters[key] = value
        return " "

    rest = TOKEN.sub(take, text)
    return " ".join(rest.split()), filters


def _tag(name: str, _user: Any) -> str | None:
    found = Tag.objects.filter(name_key=name.lower()).values_list("pk", flat=True).first()
    return None if found is None else str(found)


def _subject(kind: str) -> Callable[[str, Any], str | None]:
    def find(name: str, user: Any) -> str | None:
        if not subjects.may_list(kind, user):
            return None
        rows = subjects.visible(kind, user).filter(name__iexact=name).order_by("pk")
        found = rows.values_list("pk", flat=True).first()
        return None if found is None else str(found)

    return find


READERS: dict[str, Callable[[str, Any], str | None]] = {
    "tag": _tag,
    "segment": _subject("segment"),
    "stage": _subject("stage"),
    "email": lambda text, _user: text,
}
