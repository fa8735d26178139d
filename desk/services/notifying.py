"""Telling colleagues about contacts: whom, and what of it they may see; set-based."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.catalogue import whole
from contacts.models import Contact
from contacts.services import filling
from kernel.locks import lock_contacts
from kernel.permissions import Reach
from kernel.secrecy import hidden_from
from notices.services import limiting, telling
from notices.services.limiting import Summed
from notices.services.telling import MAILS as MAILS
from notices.services.telling import News, Piece, Words

KEY = "users.notify"


@dataclass(frozen=True)
class Telling:
    """What is told with its tokens, to whom, on which ways (`bell`, `email`)."""

    title: str
    text: str
    users: Sequence[int]
    owner: bool
    ways: Sequence[str]


def notify(
    told: Telling, contacts: Sequence[int], context: Mapping[int, Mapping[str, Any]], now: datetime
) -> list[int]:
    """Tell whoever works here and may see the contact; return the contacts nobody was told of.

    Of more than `limiting.MOST` in an hour each reader gets one notice, which counts them.
    """
    # Whoever is forgotten meanwhile is told of no more.
    held = lock_contacts(contacts)
    owners = dict(Contact.objects.filter(pk__in=held).values_list("pk", "owner_id"))
    named = {*told.users, *(one for one in owners.values() if one and told.owner)}
    readers = {reader.pk: reader for reader in telling.active(named)}
    known = filling.values(held, [told.title, told.text], context)
    wanted = {contact: _readers(told, readers, owners.get(contact)) for contact in held}
    counts = Counter(number for numbers in wanted.values() for number in numbers)
    taken = limiting.take(_source(told), counts, now)
    left = {number: one.single for number, one in taken.items()}
    writer = Writer(told, _secret(told))
    pieces = []
    for contact, numbers in wanted.items():
        for number in numbers:
            if left[number]:
                left[number] -= 1
                pieces.append(writer.piece(contact, readers[number], known.get(contact, {})))
    telling.send(pieces, now)
    limiting.sum_up(_summed(told), readers, taken, now)
    return [contact for contact in contacts if not wanted.get(contact)]


def everybody() -> list[Any]:
    """Return who may be told of contacts, by name."""
    people = get_user_model()._default_manager.filter(is_active=True).select_related("role")
    able = [user for user in people if user.reach("contacts", "view") is not Reach.NONE]
    return sorted(able, key=lambda user: str(user).casefold())


def _readers(told: Telling, readers: Mapping[int, Any], owner: int | None) -> list[int]:
    """Return who is told of a contact of that owner, ascending."""
    mine = {*told.users, owner if told.owner else None}
    return [
        number
        for number, reader in readers.items()
        if number in mine and reader.can("contacts", "view", owner)
    ]


def _secret(told: Telling) -> set[str]:
    """Return the tokens of it that are sensitive."""
    sensitive = {f"contact.{spec.alias}" for spec in whole().custom if spec.sensitive}
    return sensitive & filling.tokens(f"{told.title} {told.text}")


def _source(told: Telling) -> str:
    """Name a step by what it tells."""
    words = "\0".join((told.title, told.text, *told.ways))
    return hashlib.md5(words.encode(), usedforsecurity=False).hexdigest()


def _summed(told: Telling) -> Summed:
    def write(over: int) -> Words:
        title = ngettext("%(count)d more: %(title)s", "%(count)d more: %(title)s", over)
        text = _("More than %(most)d of these within an hour are told in one notice.")
        named = {"count": over, "title": filling.TOKEN.sub("…", told.title)}
        return Words(title % named, text % {"most": limiting.MOST})

    news = News(KEY, bell="bell" in told.ways, mail="email" in told.ways)
    return Summed(_source(told), news, write)


@dataclass
class Writer:
    """Fills it in for each contact, without what is sensitive for whoever may not see that."""

    told: Telling
    secret: set[str]
    blind: dict[int, bool] = field(default_factory=dict)

    def piece(self, contact: int, reader: Any, known: Mapping[str, Any]) -> Piece:
        """Write it for one reader."""
        if self.secret and reader.pk not in self.blind:
            self.blind[reader.pk] = hidden_from(reader)
        blind = self.blind.get(reader.pk, False)
        if blind:
            known = {path: value for path, value in known.items() if path not in self.secret}
        news = News(
            key=KEY,
            path=reverse("contacts-item", args=[contact]),
            contact=contact,
            bell="bell" in self.told.ways,
            mail="email" in self.told.ways,
            sensitive=bool(self.secret) and not blind,
        )
        words = Words(filling.fill(self.told.title, known), filling.fill(self.told.text, known))
        return Piece(reader, news, words)
