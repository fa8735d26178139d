"""Compiles what people wrote into versions, and gives each reader the one in their language."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import tzinfo
from functools import lru_cache

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from contacts.catalogue import catalogue
from content.message import Message, MessageSource, PreparedMessage, compile_message, prepare
from content.problems import TemplateProblem, TemplateRefused
from content.tokens import TokenSet
from sms.models import Text, TextVersion

CONTENT = ("body", "language", "kind")
# Mails alone have addresses of their own pages, and a foot.
SINGLE = frozenset({"today"})


@dataclass(frozen=True, eq=False)
class Compiled:
    """A version ready to be filled in for one reader after the other."""

    id: int
    sms_id: int
    marketing: bool
    message: Message


def tokens() -> TokenSet:
    """Return the tokens an author may use."""
    known = TokenSet.of(contact=["id", *catalogue().fields], company=["name"])
    spaces = tuple(pair for pair in known.namespaces if pair[0] != "email")
    return replace(known, namespaces=spaces, single=SINGLE)


def check(text: Text) -> PreparedMessage:
    """Prepare what was written; `TemplateRefused` says what is wrong and where."""
    if not text.body.strip():
        message = _("A text needs words.")
        raise TemplateRefused([TemplateProblem(message, 1, 1, "required", field="body")])
    try:
        return prepare(MessageSource(subject="", text=text.body), tokens())
    except TemplateRefused as refused:
        problems = [replace(problem, field="body") for problem in refused.problems]
        raise TemplateRefused(problems) from refused


def compile_version(text: Text) -> TextVersion:
    """Make the version that is sent from now on; the text is saved by the caller."""
    prepared = check(text)
    highest = text.versions.aggregate(highest=Max("number"))["highest"] or 0
    text.current = TextVersion.objects.create(
        sms=text,
        number=highest + 1,
        language=text.language,
        marketing=not text.is_transactional,
        prepared=prepared.as_json(),
    )
    return text.current


@lru_cache(maxsize=64)
def load(version_id: int, zone: tzinfo) -> Compiled:
    """Return a version compiled; versions never change, so a process keeps them."""
    version = TextVersion.objects.get(pk=version_id)
    prepared = PreparedMessage.of_json(version.prepared)
    message = compile_message(prepared, version.language, zone)
    return Compiled(version.pk, version.sms_id, version.marketing, message)


def as_written(text: Text, zone: tzinfo) -> Compiled:
    """Return what an author has before them, saved or not; `TemplateRefused` as in `check`."""
    message = compile_message(check(text), text.language, zone)
    return Compiled(0, text.pk or 0, not text.is_transactional, message)


def choose(locales: Iterable[tuple[int, int, str | None]]) -> dict[int, int]:
    """Return a version by delivery, in the reader's language where there is one; or 0.

    Takes delivery, text and the reader's language.
    """
    rows = list(locales)
    languages = _languages({text for _delivery, text, _locale in rows})
    return {delivery: _closest(languages.get(text, {}), locale) for delivery, text, locale in rows}


def _languages(texts: set[int]) -> dict[int, dict[str, int]]:
    """The current version by language of each text; "" is the text's own."""
    found: dict[int, dict[str, int]] = {text: {} for text in texts}
    published = Text.objects.filter(state=Text.State.PUBLISHED, current__isnull=False)
    rows = published.filter(Q(pk__in=texts) | Q(translation_of__in=texts)).order_by("-pk")
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
