"""Compiles what people wrote into versions, and gives each reader the one in their language."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import tzinfo
from functools import lru_cache
from typing import Any

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from contacts.catalogue import catalogue
from content.message import (
    Message,
    MessageSource,
    PreparedMessage,
    compile_message,
    prepare,
)
from content.problems import TemplateProblem, TemplateRefused
from content.tokens import TokenSet
from emails.models import Email, EmailVersion
from emails.services import audiences
from emails.services.claims import Claimed
from emails.services.footers import with_footer

CONTENT = (
    *("subject", "preheader", "html", "mjml", "text", "from_name", "from_address"),
    *("reply_to", "language", "kind", "audiences"),
)
NAMES = ("name", "subject", "preheader", "from_name", "from_address")


@dataclass(frozen=True, eq=False)
class Compiled:
    """A version ready to be filled in for one reader after the other."""

    id: int
    email_id: int
    language: str
    marketing: bool
    kind: str
    # The values of the tokens `email.…`.
    names: dict[str, str]
    # The filters its conditions ask for.
    audiences: dict[str, Any]
    message: Message

    @property
    def confirms(self) -> bool:
        """Say whether it asks for a confirmation: such mail is never measured."""
        return "confirm_url" in self.message.uses


def tokens(email: Email | None = None) -> TokenSet:
    """Return the tokens an author may use, in an email its audiences among them."""
    fields = catalogue().fields
    known = TokenSet.of(contact=["id", *fields], company=["name"])
    keys = audiences.keys(email) if email else []
    return known.with_namespace(audiences.NAMESPACE, keys) if keys else known


def check(email: Email) -> PreparedMessage:
    """Prepare an email's content; `TemplateRefused` says what is wrong and where."""
    source = MessageSource(
        subject=email.subject,
        html=email.html,
        mjml=email.mjml,
        text=email.text,
        preheader=email.preheader,
        from_name=email.from_name,
        from_address=email.from_address,
        reply_to=email.reply_to,
    )
    if not email.is_transactional:
        source = with_footer(source, email.language)
    prepared = prepare(source, tokens(email))
    if not email.is_transactional and "confirm_url" in prepared.uses:
        words = _("Only transactional mail can ask for a confirmation.")
        raise TemplateRefused([TemplateProblem(words, 1, 1, "not_allowed", field="html")])
    return prepared


def compile_version(email: Email) -> EmailVersion:
    """Make the version that is sent from now on; the email is saved by the caller."""
    prepared = check(email)
    highest = email.versions.aggregate(highest=Max("number"))["highest"] or 0
    email.current = EmailVersion.objects.create(
        email=email,
        number=highest + 1,
        language=email.language,
        marketing=not email.is_transactional,
        prepared=prepared.as_json(),
        audiences=audiences.trees(email, prepared.uses),
    )
    return email.current


@lru_cache(maxsize=64)
def load(version_id: int, zone: tzinfo) -> Compiled:
    """Return a version compiled; versions never change, so a process keeps them."""
    version = EmailVersion.objects.select_related("email").get(pk=version_id)
    return _compiled(version, PreparedMessage.of_json(version.prepared), zone)


def as_written(email: Email, zone: tzinfo) -> Compiled:
    """Return what an author has before them, saved or not; `TemplateRefused` as in `check`."""
    prepared = check(email)
    written = EmailVersion(
        email=email,
        language=email.language,
        marketing=not email.is_transactional,
        audiences=audiences.trees(email, prepared.uses),
    )
    return _compiled(written, prepared, zone)


def _compiled(version: EmailVersion, prepared: PreparedMessage, zone: tzinfo) -> Compiled:
    email = version.email
    return Compiled(
        id=version.pk or 0,
        email_id=email.pk or 0,
        language=version.language,
        marketing=version.marketing,
        kind=email.kind,
        names={
            "id": str(email.pk or ""),
            "language": version.language,
            **{name: getattr(email, name) for name in NAMES},
        },
        audiences=version.audiences,
        message=compile_message(
            prepared, version.language, zone, (audiences.NAMESPACE,) if version.audiences else ()
        ),
    )


def choose(claimed: Iterable[Claimed]) -> dict[int, int]:
    """Return the version each delivery gets, in the reader's language where there is one; or 0."""
    rows = list(claimed)
    languages = _languages({row.email_id for row in rows})
    return {row.id: _closest(languages.get(row.email_id, {}), row.locale) for row in rows}


def of_language(email: Email, languages: Iterable[str]) -> dict[str, int]:
    """Return the version readers of each language get; none at all where nothing is published."""
    versions = _languages({email.pk}).get(email.pk, {})
    found = {language: _closest(versions, language) for language in languages}
    return found if all(found.values()) else {}


def _languages(emails: set[int]) -> dict[int, dict[str, int]]:
    """The current version by language of each email; "" is the email's own."""
    found: dict[int, dict[str, int]] = {email: {} for email in emails}
    published = Email.objects.filter(state=Email.State.PUBLISHED, current__isnull=False)
    rows = published.filter(Q(pk__in=emails) | Q(translation_of__in=emails)).order_by("-pk")
    for number, parent, language, version in rows.values_list(
        "pk", "translation_of_id", "language", "current_id"
    ):
        if parent in found:
            found[parent].setdefault(_tag(language), version)
        if number in found:
            found[number][""] = version
            found[number][_tag(language)] = version
    return found


def _closest(versions: dict[str, int], locale: str | None) -> int:
    tag = _tag(locale or "")
    for wanted in (tag, tag.partition("-")[0]):
        if wanted in versions:
            return versions[wanted]
    return versions.get("", 0)


def _tag(language: str) -> str:
    return language.replace("_", "-").lower()
