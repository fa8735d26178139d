"""Tokens of the search of contacts that are no fields: `tag:`, `owner:`, `is:` and the like."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from contacts.models import Tag
from contacts.services.writing import find_users
from kernel import subjects
from kernel.ids import read_id

ME, NOBODY = frozenset({"me", "moi"}), frozenset({"none", "nobody", "personne", ""})
REACHED_BY = ("email", "mobile", "phone")
MOST_IDS = 100

Condition = dict[str, Any]


class Misread(Exception):  # noqa: N818 - told to whoever typed it
    """Raised with what is to be told of a token that means nothing."""


def answer(key: str, value: str) -> str:
    """Return what `email:` or `id:` look for."""
    if key == "email" and not value:
        raise Misread(_("“email:” needs the beginning of an address."))
    if key == "id":
        numbers = [read_id(part.strip()) for part in value.split(",")]
        if not all(numbers) or len(numbers) > MOST_IDS:
            raise Misread(_("“id:” needs the number of a contact, or several with commas."))
    return value


def _tag(name: str, _user: Any) -> Condition:
    if not name:
        return {"field": "tags", "op": "is_empty"}
    if not Tag.objects.filter(name_key=name.lower()).exists():
        raise Misread(_("There is no tag “%(name)s”.") % {"name": name})
    return {"field": "tags", "op": "has_any", "value": [name]}


def _segment(name: str, user: Any) -> Condition:
    number = _found("segment", name, user, _("There is no segment “%(name)s”."))
    return {"segment": [number], "op": "in"}


def _stage(name: str, user: Any) -> Condition:
    if not name:
        return {"field": "stage", "op": "is_empty"}
    number = _found("stage", name, user, _("There is no stage “%(name)s”."))
    return {"field": "stage", "op": "is", "value": number}


def _found(kind: str, name: str, user: Any, missing: str) -> int:
    if subjects.may_list(kind, user):
        rows = subjects.visible(kind, user).filter(name__iexact=name).order_by("pk")
        if (found := rows.values_list("pk", flat=True).first()) is not None:
            return int(found)
    raise Misread(missing % {"name": name})


def _import(name: str, user: Any) -> Condition:
    """By number, or by the name of the file: the newest of that name."""
    missing = _("There is no import “%(name)s”.") % {"name": name}
    if not subjects.may_list("import", user):
        raise Misread(missing)
    rows = subjects.visible("import", user).order_by("-pk")
    number = read_id(name)
    found = rows.filter(pk=number) if number else rows.filter(name__iexact=name)
    if (key := found.values_list("pk", flat=True).first()) is None:
        raise Misread(missing)
    return {"import": [key], "op": "in"}


def _owner(name: str, user: Any) -> Condition:
    if name.lower() in NOBODY:
        return {"field": "owner", "op": "is_empty"}
    number = user.pk if name.lower() in ME else _user(name.lower())
    return {"field": "owner", "op": "is", "value": number}


def _user(name: str) -> int:
    """Find a colleague by address or name, or by what stands in one alone of those."""
    if (exact := find_users([name]).get(name)) is not None:
        return exact
    within = Q(first_name__icontains=name) | Q(last_name__icontains=name) | Q(email__icontains=name)
    found = list(get_user_model().objects.filter(within).values_list("pk", flat=True)[:2])
    if len(found) == 1:
        return found[0]
    if found:
        raise Misread(_("“%(name)s” is not one colleague alone: type more.") % {"name": name})
    raise Misread(_("There is no colleague “%(name)s”.") % {"name": name})


def _is(what: str, user: Any) -> Condition:
    conditions: Mapping[str, Condition] = {
        "anonymous": {"all": [{"field": name, "op": "is_empty"} for name in REACHED_BY]},
        "mine": {"field": "owner", "op": "is", "value": user.pk},
        "unowned": {"field": "owner", "op": "is_empty"},
    }
    if what.lower() not in conditions:
        said = ", ".join(f"is:{name}" for name in conditions)
        message = _("“is:%(name)s” is not known; these are: %(known)s.")
        raise Misread(message % {"name": what, "known": said})
    return conditions[what.lower()]


def _beginning(text: str, _user: Any) -> Condition:
    return {"field": "email", "op": "starts_with", "value": answer("email", text)}


def _no_number(_text: str, _user: Any) -> Condition:
    raise Misread(_("“id:” is asked once, and never with a minus."))


READERS: Mapping[str, Callable[[str, Any], Condition]] = {
    "tag": _tag,
    "tags": _tag,
    "segment": _segment,
    "stage": _stage,
    "import": _import,
    "owner": _owner,
    "is": _is,
    "email": _beginning,
    "id": _no_number,
}


def hints(aliases: Sequence[str]) -> Sequence[tuple[str, Any]]:
    """Return what may be typed, each with what it means; at last, the fields there are."""
    return (
        ('tag:vip  tag:"ski club"', _lazy("has the tag")),
        ("segment:… stage:…", _lazy("is in the segment, at the stage")),
        ('import:12  import:"fair.csv"', _lazy("was in this import")),
        ("owner:me  owner:claire  owner:none", _lazy("belongs to me, to a colleague, to nobody")),
        ("email:ada", _lazy("the address begins like this")),
        ("company:acme*", _lazy("works at a company of this name")),
        ("is:anonymous", _lazy("no email and no phone is known")),
        ("is:mine  is:unowned", _lazy("is mine, belongs to nobody")),
        ("id:1204", _lazy("the contact of this number")),
        ("city:Lyon  country:FR,BE", _lazy("a field has this value, or one of these")),
        ('city:Ly*  city:""  city:*', _lazy("begins like this, is empty, is not empty")),
        ("points:>10  points:5..20", _lazy("more than, between; dates take > < and .. too")),
        ("-tag:vip", _lazy("a minus turns any of them round")),
        (_("fields"), ", ".join(aliases)),
    )
