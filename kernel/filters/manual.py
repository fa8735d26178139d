"""`docs/filters.md`, written from the registries: every kind of condition describes itself."""

import json
from collections.abc import Iterable, Sequence
from inspect import getdoc

from django.utils.translation import override

from kernel.events import event_types
from kernel.filters.contract import ContactFilter, contact_filters
from kernel.filters.operands import LONGEST_LIST
from kernel.filters.tree import DEEPEST, MOST_CONDITIONS

HEAD = f"""# Filters

This page is generated: `./dev manage describe_filters --write`.

A filter says which contacts are meant: in segments, campaign conditions, `POST contacts/search`
and bulk actions. It is JSON: groups of conditions.

* `{{"all": […]}}` every one, `{{"any": […]}}` at least one, `{{"none": […]}}` not a single one.
  Groups nest up to {DEEPEST} deep and hold {MOST_CONDITIONS} conditions altogether; an empty group
  or condition is refused (`empty_group`).
* A condition is an object; one of its keys says which kind it is. Unknown keys are refused.
* What is wrong is named with its place:
  `{{"field": "filter.all.0.value", "code": "invalid", "message": …}}`. Codes: `empty_group too_deep
  too_many unknown_field required invalid invalid_operator invalid_text invalid_regex
  invalid_choice out_of_range too_long not_found unknown_event unknown_owner cycle too_slow`.
* Values are bound as parameters, never written into SQL. Lists have up to {LONGEST_LIST:,} items.
* A condition that has no value to look at is not met; its negation is.
* A segment follows every change of what its filter reads within seconds, and what time alone
  changes within a minute.
"""
EVENTS = """## Events

Types of behaviour, and what `where` may ask; numbers are compared and added up. Events that
clients report under a key of their own are asked by any key of their `data`, as texts or numbers.
A plain web address (`url`, `path`) may hold `*` for anything.

"""


def manual() -> str:
    """Write the whole page, in English."""
    with override("en"):
        parts = [HEAD, *map(_kind, contact_filters), _events()]
    return "\n".join(parts)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _kind(kind: type[ContactFilter]) -> str:
    words = [f"## {kind.label}: `{kind.names}`", "", getdoc(kind) or ""]
    others = sorted(kind.keys - {kind.names})
    if others:
        words += ["", f"Keys beside `{kind.names}`: {', '.join(f'`{key}`' for key in others)}."]
    for example in kind.examples:
        words += ["", f"```json\n{json.dumps(example, ensure_ascii=False)}\n```"]
    if more := kind.manual():
        words += ["", more]
    return "\n".join([*words, ""])


def _events() -> str:
    rows = [
        (
            f"`{kind.key}`",
            str(kind.label),
            f"`{kind.subject}`" if kind.subject else "",
            " ".join(f"`{name}`" for name in kind.conditions),
            " ".join(f"`{name}`" for name in kind.numbers),
        )
        for kind in sorted(event_types, key=lambda kind: kind.key)
    ]
    return EVENTS + table(("event", "is", "object", "other conditions", "numbers"), rows) + "\n"
