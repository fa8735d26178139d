"""Addresses of screens by name; nothing where an installation lacks the screen."""

import json
from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse


def at(name: str, *numbers: int) -> str:
    """Return the address of a screen, empty where there is none."""
    try:
        return reverse(name, args=numbers)
    except NoReverseMatch:
        return ""


def people(tree: dict[str, Any]) -> str:
    """Return the list of contacts, narrowed by a filter."""
    base = at("contacts")
    return f"{base}?{urlencode({'filter': json.dumps(tree)})}" if base else ""


def created_within(days: int) -> str:
    """Whoever came in these days, today included."""
    rule = {"field": "created_at", "op": "within_last", "value": f"{days - 1}d"}
    return people({"all": [rule]})


def doing(event: str, days: int) -> dict[str, Any]:
    """Return the filter of whoever did so in these days."""
    return {"all": [{"event": event, "within": f"{days}d"}]}


def did_within(event: str, days: int) -> str:
    """Whoever did so in these days."""
    return people(doing(event, days))
