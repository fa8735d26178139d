"""Checks how forms are written: what can be kept as a draft, and what lacks before visitors see it.

A draft may be unfinished, yet of the right shape; a version is complete.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import nh3
from django.conf import settings
from django.utils.translation import gettext as _

from contacts.catalogue import catalogue
from contacts.models import Topic
from contacts.words import Purpose
from forms.kinds import FIELD_WORDS, FORM_WORDS, KINDS, kind_of
from kernel.ids import read_id
from kernel.registry import ConfigProblem, Problem, problem
from tracking import terms

MOST_FIELDS, MOST_OPTIONS, LONGEST, LONGEST_TEXT = 200, 500, 500, 20_000
LONG = frozenset({"text", "thanks", "intro"})
NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
IDENTITY = re.compile(r"[a-z0-9]{1,12}")
COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
AFTER = ("message", "redirect", "stay")
OPERATORS = ("is", "is_not", "filled", "empty")
LOOK = {
    "corners": ("soft", "round", "square"),
    "font": ("sans", "serif"),
    "frame": ("card", "plain"),
}
START: Mapping[str, Any] = {"fields": [], "after": {"do": "message"}, "look": {}, "guard": {}}


def cleaned(content: Any) -> dict[str, Any]:
    """Return a draft as it is kept; `ConfigProblem` names each place that is no form at all."""
    if not isinstance(content, Mapping):
        raise ConfigProblem([problem("content", "invalid", _("An object is expected."))])
    problems: list[Problem] = []
    known = {*START, *FORM_WORDS, *(f"{name}s" for name in FORM_WORDS)}
    problems += _strangers(content, known, "content")
    fields = content.get("fields", [])
    if not isinstance(fields, list) or len(fields) > MOST_FIELDS:
        told = _("A list of at most %(number)d fields is expected.") % {"number": MOST_FIELDS}
        raise ConfigProblem([problem("content.fields", "invalid", told)])
    kept: dict[str, Any] = {**_words(content, FORM_WORDS, "content", problems)}
    kept["fields"] = [_field(one, f"content.fields.{n}", problems) for n, one in enumerate(fields)]
    ids = [one.get("id") for one in kept["fields"]]
    if len(set(ids)) != len(ids):
        problems.append(problem("content.fields", "invalid", _("Each field has an id of its own.")))
    kept["after"] = _after(content.get("after", {}), problems)
    kept["look"] = _look(content.get("look", {}), problems)
    kept["guard"] = {"work": bool(_part(content, "guard", problems).get("work"))}
    if _part(content, "guard", problems).get("unconfirmed"):
        kept["guard"]["unconfirmed"] = True
    if problems:
        raise ConfigProblem(problems)
    return kept


def _part(content: Mapping[str, Any], name: str, problems: list[Problem]) -> Mapping[str, Any]:
    part = content.get(name, {})
    if isinstance(part, Mapping):
        return part
    problems.append(problem(f"content.{name}", "invalid", _("An object is expected.")))
    return {}


def _strangers(thing: Mapping[str, Any], known: set[str], place: str) -> list[Problem]:
    words = _("This key is not known.")
    return [
        problem(f"{place}.{str(name)[:80]}", "unknown_field", words)
        for name in thing
        if name not in known
    ]


def _words(
    thing: Mapping[str, Any], names: tuple[str, ...], place: str, problems: list[Problem]
) -> dict[str, Any]:
    """Take the texts visitors read, each with its other languages; empty ones are left out."""
    kept: dict[str, Any] = {}
    for name in names:
        most = LONGEST_TEXT if name in LONG else LONGEST
        text, others = thing.get(name, ""), thing.get(f"{name}s", {})
        if not isinstance(text, str) or len(text) > most:
            told = _("A text of at most %(number)d signs is expected.") % {"number": most}
            problems.append(problem(f"{place}.{name}", "invalid", told))
        elif text := text.replace("\0", ""):
            kept[name] = text
        if not _by_language(others, most):
            told = _("Texts by language are expected, such as fr and en.")
            problems.append(problem(f"{place}.{name}s", "invalid", told))
        elif others := {code: said for code, said in others.items() if said}:
            kept[f"{name}s"] = others
    return kept


def _by_language(others: Any, most: int) -> bool:
    return (
        isinstance(others, Mapping)
        and set(others) <= {*dict(settings.LANGUAGES)}
        and all(isinstance(said, str) and len(said) <= most for said in others.values())
    )


FIELD_KEYS = {
    *("id", "kind", "name", "map", "required", "default", "options", "least", "most", "half"),
    *("show_if", "purpose", "topics", "blocked", "from_address"),
    *FIELD_WORDS,
    *(f"{name}s" for name in FIELD_WORDS),
}


def _field(one: Any, place: str, problems: list[Problem]) -> dict[str, Any]:
    if not isinstance(one, Mapping) or one.get("kind") not in KINDS:
        problems.append(problem(f"{place}.kind", "unknown_kind", _("There is no such field.")))
        return {}
    problems += _strangers(one, FIELD_KEYS, place)
    kept: dict[str, Any] = {"kind": one["kind"], **_words(one, FIELD_WORDS, place, problems)}
    kept["id"] = _matching(one.get("id"), IDENTITY, f"{place}.id", problems)
    if kind_of(one).asks:
        kept["name"] = _matching(one.get("name"), NAME, f"{place}.name", problems)
    for name in ("required", "from_address", "half"):
        if one.get(name):
            kept[name] = True
    kept |= _values(one, place, problems)
    if kept.get("text") and one["kind"] == "html":
        # Script never gets as far as the table.
        kept["text"] = nh3.clean(kept["text"])
        kept["texts"] = {code: nh3.clean(text) for code, text in kept.get("texts", {}).items()}
    return kept


def _matching(raw: Any, pattern: re.Pattern[str], place: str, problems: list[Problem]) -> str:
    if isinstance(raw, str) and pattern.fullmatch(raw):
        return raw
    told = _("Small letters and digits are expected, and a letter first.")
    problems.append(problem(place, "invalid", told))
    return ""


def _values(one: Mapping[str, Any], place: str, problems: list[Problem]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name in ("map", "default", "least", "most", "purpose", "blocked"):
        value = one.get(name, "")
        if not isinstance(value, str | int | float) or len(str(value)) > LONGEST_TEXT:
            problems.append(problem(f"{place}.{name}", "invalid", _("A text is expected.")))
        elif str(value) != "":
            kept[name] = str(value).replace("\0", "")
    if "options" in one:
        kept["options"] = _options(one["options"], f"{place}.options", problems)
    if "topics" in one:
        ids = [read_id(each) for each in one["topics"]] if isinstance(one["topics"], list) else [0]
        kept["topics"] = [str(number) for number in ids if number]
    if one.get("show_if"):
        kept["show_if"] = _condition(one["show_if"], f"{place}.show_if", problems)
    return kept


def _options(options: Any, place: str, problems: list[Problem]) -> list[dict[str, Any]]:
    if not isinstance(options, list) or len(options) > MOST_OPTIONS:
        told = _("A list of at most %(number)d options is expected.") % {"number": MOST_OPTIONS}
        problems.append(problem(place, "invalid", told))
        return []
    kept = []
    for number, one in enumerate(options):
        if not isinstance(one, Mapping) or not isinstance(one.get("value"), str):
            problems.append(problem(f"{place}.{number}", "invalid", _("A value is expected.")))
            continue
        words = _words(one, ("label",), f"{place}.{number}", problems)
        kept.append({"value": one["value"].strip()[:LONGEST], **words})
    return kept


def _condition(raw: Any, place: str, problems: list[Problem]) -> dict[str, Any]:
    if (
        isinstance(raw, Mapping)
        and isinstance(raw.get("field"), str)
        and raw.get("op") in OPERATORS
        and isinstance(raw.get("values", []), list)
        and all(isinstance(value, str) for value in raw.get("values", []))
    ):
        return {"field": raw["field"], "op": raw["op"], "values": list(raw.get("values", []))}
    told = _("A condition names a field, how it is compared, and values.")
    problems.append(problem(place, "invalid", told))
    return {}


def _after(raw: Any, problems: list[Problem]) -> dict[str, Any]:
    do = raw.get("do", "message") if isinstance(raw, Mapping) else None
    url = raw.get("url", "") if isinstance(raw, Mapping) else None
    if do not in AFTER or not isinstance(url, str) or len(url) > 2_000:
        told = _("What follows is one of: %(names)s.") % {"names": ", ".join(AFTER)}
        problems.append(problem("content.after", "invalid", told))
        return {"do": "message"}
    return {"do": do, **({"url": url.strip()} if url.strip() else {})}


def _look(raw: Any, problems: list[Problem]) -> dict[str, str]:
    if not isinstance(raw, Mapping):
        problems.append(problem("content.look", "invalid", _("An object is expected.")))
        return {}
    kept = {}
    for name, value in raw.items():
        fits = (
            bool(COLOUR.fullmatch(str(value)))
            if name in {"colour", "back"}
            else value in LOOK.get(str(name), ())
        )
        if fits:
            kept[str(name)] = str(value)
        else:
            told = _("This is no way a form can look.")
            problems.append(problem(f"content.look.{str(name)[:80]}", "invalid", told))
    return kept


def lacking(content: Mapping[str, Any]) -> list[Problem]:
    """Return what keeps a draft from being published; `field` is the id of a field, or empty."""
    found = list(_lacking(content))
    after = content["after"]
    if after["do"] == "redirect" and not terms.origin_of(after.get("url", "")):
        told = _("Write the address to go to when it is sent.")
        found.append(problem("after", "required", told))
    return found


def _lacking(content: Mapping[str, Any]) -> Iterator[Problem]:
    fields = content["fields"]
    if not any(kind_of(one).asks and one["kind"] != "hidden" for one in fields):
        yield problem("", "required", _("A form asks at least one thing: add a field."))
    writable = {spec.alias: spec for spec in catalogue().fields.values() if spec.writable}
    topics = {str(pk) for pk in Topic.objects.values_list("pk", flat=True)}
    before: dict[str, Mapping[str, Any]] = {}
    names: set[str] = set()
    for one in fields:
        if one.get("name") in names and kind_of(one).asks:
            told = _("Two fields have this name: “%(name)s”.") % {"name": one["name"]}
            yield problem(one["id"], "taken", told)
        names.add(one.get("name", ""))
        yield from _of_field(one, before, topics)
        if one.get("map") and one["map"] not in writable:
            yield problem(one["id"], "not_found", _("There is no such field of contacts."))
        before[one["id"]] = one


def _of_field(
    one: Mapping[str, Any], before: Mapping[str, Mapping[str, Any]], topics: set[str]
) -> Iterator[Problem]:
    kind = kind_of(one)
    if kind.asks and one["kind"] != "hidden" and not one.get("label"):
        yield problem(one["id"], "required", _("Write what the field asks."))
    if kind.options and not one.get("options"):
        yield problem(one["id"], "required", _("Write at least one option."))
    values = [option["value"] for option in one.get("options", [])]
    if kind.options and (len(set(values)) != len(values) or "" in values):
        yield problem(one["id"], "invalid", _("Each option needs a value of its own."))
    if one["kind"] == "topics" and not set(one.get("topics", [])) & topics:
        yield problem(one["id"], "required", _("Choose at least one topic."))
    if one["kind"] == "consent" and one.get("purpose") not in Purpose.values:
        yield problem(one["id"], "required", _("Choose what the consent is for."))
    if one["kind"] in {"heading", "paragraph", "html"} and not one.get("text"):
        yield problem(one["id"], "required", _("Write its text."))
    condition = one.get("show_if")
    if condition and condition["field"] not in before:
        told = _("What it depends on must stand above it.")
        yield problem(one["id"], "invalid", told)
