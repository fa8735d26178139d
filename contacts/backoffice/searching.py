"""What people type into the search of contacts: words, and tokens such as `tag:vip`."""

import json
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from backoffice.narrowing import Typed
from contacts.backoffice import tokens
from contacts.backoffice.tokens import Misread
from contacts.catalogue import catalogue
from contacts.filters.valued import condition
from kernel import filters
from kernel.filters import FilterProblem

# Quoted as keyboards of all languages and phones do.
TOKEN = re.compile(r'(?<!\S)(-?)([A-Za-z_][\w.]*):(?:"([^"]*)"|“([^”]*)”|«([^»]*)»|(\S*))')
MOST = 40


def taken(text: str, user: Any) -> Typed:
    """Take tokens out of a text: the address can be looked up, the others are one filter.

    What is not understood stays text, and then finds nobody: better than finding everybody.
    """
    conditions, answers, problems = list[Any](), dict[str, str](), list[str]()

    def take(match: re.Match[str]) -> str:
        negative, key = match[1] == "-", match[2].lower()
        quoted = next((part for part in match.groups()[2:5] if part is not None), None)
        value = (match[6] or "" if quoted is None else quoted).strip()
        try:
            if key in ANSWERED and not negative and key not in answers:
                answers[key] = tokens.answer(key, value)
                return " "
            tree = _meant(key, value, user, quoted=quoted is not None)
        except Misread as problem:
            problems.append(str(problem))
            return match[0]
        conditions.append({"none": [tree]} if negative else tree)
        return " "

    rest = TOKEN.sub(take, text, count=MOST)
    if conditions:
        answers["filter"] = written(conditions[0] if len(conditions) == 1 else {"all": conditions})
    return Typed(" ".join(rest.split()), answers, tuple(problems))


# What an index answers, or no condition asks.
ANSWERED = frozenset({"email", "id"})


def _meant(key: str, value: str, user: Any, *, quoted: bool) -> dict[str, Any]:
    """Return the condition a token means; `Misread` says why it means none."""
    if reader := tokens.READERS.get(key):
        return reader(value, user)
    spec = catalogue().get(key)
    if spec is None:
        raise Misread(
            _("“%(token)s:” is not known here. What may be typed stands under the question mark.")
            % {"token": key}
        )
    if not value and not quoted:
        message = _('“%(token)s:” needs a value: %(token)s:… or %(token)s:"" for none.')
        raise Misread(message % {"token": key})
    tree = condition(spec, value, quoted=quoted)
    try:
        filters.check(tree, user=user)
    except FilterProblem as problem:
        said = problem.problems[0]["message"]
        raise Misread(
            _("“%(token)s”: %(why)s") % {"token": f"{key}:{value}", "why": said}
        ) from None
    return tree


def joined(typed: str, chosen: str) -> str:
    """Make one filter of what was chosen and what was typed: both hold."""
    return written({"all": [*_parts(chosen), *_parts(typed)]})


def _parts(text: str) -> list[Any]:
    tree: Mapping[str, Any] = json.loads(text)
    return list(tree["all"]) if list(tree) == ["all"] else [tree]


def written(tree: Any) -> str:
    """Write a filter for an address, as short as it can be."""
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":"))
