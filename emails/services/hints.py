"""What an author may have overlooked: nothing of it forbids to save or to send."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from emails.models import Email
from emails.services import starting

# Gmail shows no more of a mail's HTML than this.
CLIPPED = 102 * 1024
# Longer subjects are cut by most programs.
LONG_SUBJECT = 70
# A mark that nothing stands before or after.
DANGLING = re.compile(r"^[,;:]|[,;:][!.?]*$|[,;:]\s*[,;:!?]")
NOWHERE = frozenset({"", "#"})


class _Reader(HTMLParser):
    """Counts pictures without a description and links that lead nowhere."""

    def __init__(self) -> None:
        super().__init__()
        self.silent = self.empty = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at pictures and links."""
        values = dict(attrs)
        if tag == "img" and "alt" not in values:
            self.silent += 1
        if tag == "a" and "href" in values and (values["href"] or "").strip() in NOWHERE:
            self.empty += 1


def of(email: Email, html: str, subject: str) -> list[str]:
    """Return what is worth a look, as sentences; `html` and `subject` are those of one reader."""
    return list(_told(email, html, subject))


def _told(email: Email, html: str, subject: str) -> Iterator[str]:
    size = len(html.encode())
    if size > CLIPPED:
        words = _("%(size)s KB of HTML: Gmail cuts a mail after 102 KB.")
        yield words % {"size": size // 1024}
    yield from _of_subject(email.subject, subject)
    if begun := of_start(email):
        yield begun
    # Of what the author wrote: in a preview the addresses of the foot lead nowhere on purpose.
    written = _Reader()
    written.feed(email.html or _as_html(email.mjml))
    if written.silent:
        yield _count_words("image", written.silent)
    if written.empty:
        yield _count_words("link", written.empty)
    body = email.html + email.mjml
    if not email.is_transactional and "unsubscribe_url" not in body:
        yield _("There is no unsubscribe link: one is added at the foot.")


def of_start(email: Email) -> str:
    """Say what of a new email nobody replaced yet, if anything."""
    standing = starting.standing(email.html + email.mjml)
    names = ", ".join(_("“%(words)s”") % {"words": words} for words in standing)
    words = _("This still says what every new email begins with: %(names)s.")
    return words % {"names": names} if names else ""


def _of_subject(written: str, shown: str) -> Iterator[str]:
    if not shown.strip():
        yield _("The subject is empty for this reader.")
    elif len(shown) > LONG_SUBJECT:
        words = _("The subject has %(count)s characters; most programs show about 60.")
        yield words % {"count": len(shown)}
    elif _dangles(written, shown):
        yield _(
            "Without a value the subject begins or ends badly. Give what may be unknown "
            'a default, such as {{ contact.first_name|default("friend") }}.'
        )


def _dangles(written: str, shown: str) -> bool:
    """Say whether a missing value left a comma or a colon with nothing beside it."""
    if "{" not in written:
        return False
    return bool(DANGLING.search(shown.strip())) and not DANGLING.search(written.strip())


def _as_html(mjml: str) -> str:
    """Name the tags of MJML as those they become; a button without an address is no link."""
    # What the head says of every image is no image.
    before, start, body = mjml.partition("<mj-body")
    named = (start + body or before).replace("<mj-image", "<img").replace("<mj-button", "<a")
    return named.replace("<mj-navbar-link", "<a").replace("<mj-social-element", "<a")


def _count_words(what: str, count: int) -> str:
    if what == "image":
        words = ngettext(
            "%(count)s image has no description (alt).",
            "%(count)s images have no description (alt).",
            count,
        )
    else:
        words = ngettext("%(count)s link leads nowhere.", "%(count)s links lead nowhere.", count)
    return words % {"count": count}
