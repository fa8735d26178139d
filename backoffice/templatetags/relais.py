"""`{% load relais %}`: icons, avatars, words for scripts, what may be created or undone."""

import json
import unicodedata
import zlib
from collections.abc import Callable, Sequence
from typing import Any

from django import forms, template
from django.contrib.messages.storage.base import Message
from django.forms import BoundField
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from backoffice import columns, deeds, palette, toasts, topbar
from backoffice.columns import number
from backoffice.models import UserChoice
from backoffice.moments import ago, left
from backoffice.resource import resources
from kernel import moments
from kernel.jobs import said
from kernel.usage import Use

register = template.Library()


def _or_dash(write: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda value: write(value) if value else "\N{EN DASH}"


register.filter("said", said)
register.filter("ago", ago)
register.filter("left", left)
for written in (moments.day, moments.day_of_year, moments.month, moments.hour, moments.moment):
    register.filter(written.__name__, _or_dash(written))
register.filter("grouped", number)
HUES = 7
VOWELS = frozenset("aeiouyh")


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """Draw one of frontend/icons.txt; it says nothing that the words beside it do not."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        size,
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def command_key(key: str, shift: str = "") -> SafeString:
    """Write a key pressed with ⌘ or Ctrl: the page shows the one that the reader's keyboard has."""
    return format_html(
        '<span class="kbd on-apple">{0}⌘{1}</span><span class="kbd off-apple">Ctrl {0}{1}</span>',
        shift,
        key,
    )


@register.simple_tag
def avatar(name: object, size: str = "") -> SafeString:
    """Draw somebody's initials, always in the same hue."""
    text = str(name or "?")
    words = [word for word in text.replace("@", " ").split() if word[:1].isalnum()]
    initials = "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"
    hue = zlib.crc32(text.encode()) % HUES
    return format_html(
        '<span class="avatar {} hue-{}" aria-hidden="true">{}</span>', size, hue, initials
    )


@register.simple_tag
def pill(state: object, label: object, hue: str = "", picture: str = "") -> SafeString:
    """Tell a state: an icon and a word, in the hue of its meaning."""
    known_hue, known_icon = STATES.get(str(state), ("", "circle"))
    shown = icon(picture or known_icon)
    return format_html(
        '<span class="pill {}">{}{}</span>', hue or known_hue, shown, capfirst(str(label))
    )


STATES = {
    "draft": ("", "circle-dashed"),
    "unpublished": ("", "circle-dashed"),
    "published": ("green", "circle-check"),
    "ready": ("green", "circle-check"),
    "scheduled": ("violet", "clock"),
    "queued": ("violet", "clock"),
    "building": ("accent", "refresh"),
    "running": ("accent", "player-play"),
    "sending": ("accent", "player-play"),
    "paused": ("amber", "player-pause"),
    "failed": ("red", "alert-circle"),
    "done": ("", "check"),
    "sent": ("green", "check"),
    "cancelled": ("", "circle-x"),
    "expired": ("", "history"),
    "undoing": ("accent", "arrow-back-up"),
    "undone": ("", "arrow-back-up"),
    "archived": ("", "archive"),
}


@register.filter
def may_be_left_out(field: BoundField) -> bool:
    """Say whether a form that needs some of its fields does not need this one.

    A choice that always is one, or boxes to tick, leave nothing to say.
    """
    asked = field.field
    if asked.required or asked.disabled or isinstance(asked, forms.MultipleChoiceField):
        return False
    if isinstance(asked, forms.ChoiceField):
        choices: Any = asked.choices
        empty = next((str(label) for key, label in choices if key in ("", None)), "x")
        if any(letter.isalnum() for letter in empty):
            return False
    return any(each.required for each in field.form.fields.values())


@register.simple_tag
def none_yet(label: Any) -> str:
    """Say that there is nothing of a kind: “No campaign yet”."""
    thing = str(label)
    thing = thing if thing[:2].isupper() else thing[:1].lower() + thing[1:]
    bare = unicodedata.normalize("NFD", thing)[:1].lower()
    words = _("No %(thing)s yet")
    if bare in VOWELS:
        words = pgettext("before a vowel", "No %(thing)s yet")
    return words % {"thing": thing}


@register.simple_tag
def shown(value: Any) -> Any:
    """Write a value as lists do: numbers with their thousands, nothing as a dash."""
    return columns.shown(value)


@register.simple_tag
def undo_of(message: Message) -> toasts.Undo | None:
    """Return what takes a piece of news back, if anything does."""
    return toasts.undo_of(message)


@register.simple_tag(takes_context=True)
def creations(context: template.Context) -> Sequence[palette.Offer]:
    """Return what this user may make."""
    return palette.creations(context["request"].user)


@register.simple_tag(takes_context=True)
def user_choices(context: template.Context) -> dict[str, Any]:
    """Return what the user set for every page: density of rows, single keys."""
    chosen = UserChoice.objects.filter(
        user_id=context["request"].user.pk, key__in=("density", "single_keys")
    )
    return dict(chosen.values_list("key", "value"))


@register.simple_tag
def topbar_pieces() -> Sequence[str]:
    """Return the addresses of what apps put into the top bar."""
    return topbar.pieces()


@register.simple_tag(takes_context=True)
def topbar_drawn(context: template.Context) -> Sequence[SafeString]:
    """Draw what apps put into the top bar of this page."""
    return topbar.drawn(context["request"])


@register.simple_tag
def use_link(use: Use) -> SafeString:
    """Name who uses something, leading there where there is a page."""
    found = [each for each in resources() if each.subject == use.kind]
    if not found:
        word = deeds.kind_word(use.kind)
        return format_html('{} <span class="quiet">{}</span>', use.name, word)
    url = found[0].url("item", use.id)
    words = '<a href="{}">{}</a> <span class="quiet">{}</span>'
    return format_html(words, url, use.name, found[0].label)


@register.simple_tag
def verb_word(verb: str) -> str:
    """Say in words what the audit trail calls a deed."""
    return deeds.verb(verb)


@register.simple_tag(takes_context=True)
def page_words(context: template.Context) -> SafeString:
    """Hand the words of frontend/src/page over, in the user's language."""
    words = {
        "failed": _("That did not work. Try again in a moment."),
        "forbidden": _("You may not do that."),
        "offline": _("No answer from the server. Is the network there?"),
        "signed_out": _(
            "You are signed out. What you typed stays here: sign in, then do this again."
        ),
        "somebody_else": _(
            "Somebody else is signed in here by now. What you typed stays: sign in as yourself,"
            " then do this again."
        ),
        "again": _("You are signed in again. Do this once more."),
        "sign_in": _("Sign in in another tab"),
        "close": _("Close"),
        "unsaved": _("Unsaved changes"),
        # For one, and for several.
        "selected": [ngettext("%(count)s selected", "%(count)s selected", n) for n in (1, 2)],
        "copied": _("Copied"),
        "new_name": _("New: “%(name)s”"),
        "remove_name": _("Remove %(name)s"),
    }
    return format_html(
        '<script type="application/json" id="page-words" nonce="{}">{}</script>',
        context["request"].csp_nonce,
        SafeString(json.dumps(words).replace("<", "\\u003c")),
    )
