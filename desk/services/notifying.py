"""Telling colleagues about contacts: whom, what of it they may see, in two statements a batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.urls import reverse

from contacts.catalogue import whole
from contacts.models import Contact
from contacts.services import filling
from kernel.permissions import Reach
from kernel.secrecy import hidden_from
from notices.services import telling
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
    """Tell whoever works here and may see the contact; return the contacts nobody was told of."""
    owners = dict(Contact.objects.filter(pk__in=contacts).values_list("pk", "owner_id"))
    named = {*told.users, *(one for one in owners.values() if one and told.owner)}
    readers = {reader.pk: reader for reader in telling.active(named)}
    known = filling.values(contacts, [told.title, told.text], context)
    pieces, missed = [], []
    for contact in contacts:
        mine = {*told.users, owners.get(contact) if told.owner else None}
        found = [reader for number, reader in readers.items() if number in mine]
        found = [reader for reader in found if _sees(reader, owners.get(contact))]
        pieces += [_piece(told, contact, reader, known.get(contact, {})) for reader in found]
        if not found:
            missed.append(contact)
    telling.send(pieces, now)
    return missed


def everybody() -> list[Any]:
    """Return who may be told of contacts, by name."""
    people = get_user_model()._default_manager.filter(is_active=True).select_related("role")
    able = [user for user in people if user.reach("contacts", "view") is not Reach.NONE]
    return sorted(able, key=lambda user: str(user).casefold())


def _sees(reader: Any, owner: int | None) -> bool:
    return bool(reader.can("contacts", "view", owner))


def _piece(told: Telling, contact: int, reader: Any, known: Mapping[str, Any]) -> Piece:
    """Write it for one reader, without what is sensitive where they may not see that."""
    if hidden_from(reader):
        secret = {f"contact.{spec.alias}" for spec in whole().custom if spec.sensitive}
        known = {path: value for path, value in known.items() if path not in secret}
    news = News(
        key=KEY,
        path=reverse("contacts-item", args=[contact]),
        contact=contact,
        bell="bell" in told.ways,
        mail="email" in told.ways,
    )
    return Piece(
        reader, news, Words(filling.fill(told.title, known), filling.fill(told.text, known))
    )
