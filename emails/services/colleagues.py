"""Emails made in the product that go to colleagues about contacts: whom, and filled in with what.

They are mails to users: by the way of notices, measured nowhere, in no ledger, and links that would
act for the contact lead nowhere. Set-based: values are read in one statement for a batch.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.services import mails
from accounts.services.mails import Letter
from contacts.catalogue import whole
from contacts.models import Contact
from contacts.services.token_values import columns_of
from content.problems import RenderRefused
from emails.models import Email
from emails.services import audiences, footers
from emails.services.messages import fill
from emails.services.preview import NOWHERE
from emails.services.versions import Compiled, load, of_language
from kernel.locks import lock_contacts
from kernel.secrecy import hidden_from, reading_for
from kernel.zone import workspace_zone
from notices.services import limiting, telling
from notices.services.limiting import Summed
from notices.services.telling import USEFUL, News, Words

KEY = "emails.send_to_users"
READ = """
SELECT c.id, ARRAY[{values}]::text[] FROM contact c
LEFT JOIN contact_state s ON s.contact_id = c.id LEFT JOIN company co ON co.id = c.company_id
{owner} WHERE c.id = ANY(%s::bigint[])"""
Context = Mapping[int, Mapping[str, Any]]


@dataclass(frozen=True)
class Telling:
    """Which email goes to whom: chosen users, and the owner of each contact."""

    email: Email
    users: Sequence[int]
    owner: bool


@dataclass(frozen=True)
class Missed:
    """About whom there is no mail: nobody to tell of them, or it grew too large."""

    nobody: set[int]
    too_large: set[int]


def tell(told: Telling, contacts: Sequence[int], context: Context, now: datetime) -> Missed:
    """Write the mails to whoever works here and may see the contact; return whom none is about.

    Of more than `limiting.MOST` of one email in an hour each reader gets one that counts them.
    """
    # Whoever is forgotten meanwhile is told of no more.
    held = lock_contacts(contacts)
    owners = dict(Contact.objects.filter(pk__in=held).values_list("pk", "owner_id"))
    named = {*told.users, *(one for one in owners.values() if one and told.owner)}
    readers = {reader.pk: reader for reader in telling.active(named)}
    versions = of_language(told.email, {reader.language for reader in readers.values()})
    wanted = {
        contact: _readers(told, readers, owners.get(contact)) if versions else []
        for contact in held
    }
    counts = Counter(number for numbers in wanted.values() for number in numbers)
    source = f"email:{told.email.pk}"
    taken = limiting.take(source, counts, now)
    writer = _Writer(readers, versions, context, now)
    letters = writer.letters(_singly(wanted, taken))
    mails.post_many(letters, now)
    limiting.sum_up(_summed(told.email, source), readers, taken, now)
    nobody = {contact for contact in contacts if not wanted.get(contact)}
    return Missed(nobody, writer.too_large - {letter.contact for letter in letters})


def _readers(told: Telling, readers: Mapping[int, Any], owner: int | None) -> list[int]:
    """Return who is told of a contact of that owner, ascending."""
    mine = {*told.users, owner if told.owner else None}
    return [
        number
        for number, reader in readers.items()
        if number in mine and reader.can("contacts", "view", owner)
    ]


def _singly(
    wanted: Mapping[int, Sequence[int]], taken: Mapping[int, limiting.Taken]
) -> list[tuple[int, int]]:
    """Return contact and reader of the mails that are written one by one."""
    left = {number: one.single for number, one in taken.items()}
    pairs = []
    for contact, numbers in wanted.items():
        for number in numbers:
            if left[number]:
                left[number] -= 1
                pairs.append((contact, number))
    return pairs


def _summed(email: Email, source: str) -> Summed:
    def write(over: int) -> Words:
        title = ngettext("%(count)d more: %(title)s", "%(count)d more: %(title)s", over)
        text = _("More than %(most)d of these within an hour are told in one notice.")
        named = {"count": over, "title": email.name}
        return Words(title % named, text % {"most": limiting.MOST})

    return Summed(source, News(KEY, mail=True), write)


@dataclass
class _Writer:
    """Fills versions in, without what is sensitive for whoever may not see that."""

    readers: Mapping[int, Any]
    versions: Mapping[str, int]
    context: Context
    now: datetime
    blind: dict[int, bool] = field(default_factory=dict)
    too_large: set[int] = field(default_factory=set)

    def letters(self, pairs: Sequence[tuple[int, int]]) -> list[Letter]:
        """Write the mails of contacts to readers."""
        zone = workspace_zone()
        secret = {spec.alias for spec in whole().custom if spec.sensitive}
        found = []
        for language in sorted({self.readers[reader].language for _contact, reader in pairs}):
            version = load(self.versions[language], zone)
            mine = [pair for pair in pairs if self.readers[pair[1]].language == language]
            known = _values(version, {contact for contact, _reader in mine}, self.context, self.now)
            for contact, reader in mine:
                values = known[contact]
                if secret and self._is_blind(reader):
                    open_ones = dict.fromkeys(secret & values["contact"].keys())
                    values = {**values, "contact": values["contact"] | open_ones}
                    with reading_for(self.readers[reader]):
                        told = audiences.seen(version.audiences, values[audiences.NAMESPACE])
                    values = {**values, audiences.NAMESPACE: told}
                found += self._letter(version, values, contact, reader)
        return found

    def _letter(
        self, version: Compiled, values: dict[str, Any], contact: int, reader: int
    ) -> list[Letter]:
        here = self.now.astimezone(workspace_zone())
        try:
            shown = fill(version, {**values, **NOWHERE, **footers.values()}, here)
        except RenderRefused:
            self.too_large.add(contact)
            return []
        until = self.now + USEFUL
        recipient = self.readers[reader].email
        return [Letter(recipient, shown.subject, shown.text, shown.html, until, contact)]

    def _is_blind(self, reader: int) -> bool:
        if reader not in self.blind:
            self.blind[reader] = hidden_from(self.readers[reader])
        return self.blind[reader]


def _values(
    version: Compiled, contacts: set[int], context: Context, now: datetime
) -> dict[int, dict[str, Any]]:
    columns = columns_of(version.message.uses)
    with connection.cursor() as cursor:
        statement = READ.format(values=columns.sql(), owner=columns.joins())
        cursor.execute(statement, [sorted(contacts)])
        rows = cursor.fetchall()
    belongs = audiences.belonging(version.audiences, contacts, now) if version.audiences else {}
    return {
        contact: {
            **columns.values(texts, context.get(contact)),
            audiences.NAMESPACE: belongs.get(contact, {}),
        }
        for contact, texts in rows
    }
