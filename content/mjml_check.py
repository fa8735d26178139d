"""Which MJML is right: known components, each in its place, closed, with quoted attributes.

* mjml_problems(source) -> list[TemplateProblem] with the place in the MJML

The renderer drops unknown components without a word, so they are refused here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from content.problems import Places, TemplateProblem
from content.tags import Protected, protect

_LEAVES = frozenset(
    {"mj-accordion", "mj-button", "mj-carousel", "mj-divider", "mj-image", "mj-raw", "mj-social"}
    | {"mj-spacer", "mj-table", "mj-text", "mj-navbar"}
)
CHILDREN: dict[str, frozenset[str]] = {
    "": frozenset({"mjml"}),
    "mjml": frozenset({"mj-head", "mj-body", "mj-raw"}),
    "mj-head": frozenset(
        {"mj-attributes", "mj-breakpoint", "mj-font", "mj-html-attributes", "mj-preview"}
        | {"mj-style", "mj-title", "mj-raw"}
    ),
    "mj-body": frozenset({"mj-raw", "mj-section", "mj-wrapper", "mj-hero"}),
    "mj-wrapper": frozenset({"mj-raw", "mj-section", "mj-hero"}),
    "mj-section": frozenset({"mj-raw", "mj-column", "mj-group"}),
    "mj-group": frozenset({"mj-raw", "mj-column"}),
    "mj-column": _LEAVES,
    "mj-hero": _LEAVES,
    "mj-accordion": frozenset({"mj-raw", "mj-accordion-element"}),
    "mj-accordion-element": frozenset({"mj-raw", "mj-accordion-title", "mj-accordion-text"}),
    "mj-carousel": frozenset({"mj-raw", "mj-carousel-image"}),
    "mj-navbar": frozenset({"mj-raw", "mj-navbar-link"}),
    "mj-social": frozenset({"mj-raw", "mj-social-element"}),
    "mj-html-attributes": frozenset({"mj-selector"}),
    "mj-selector": frozenset({"mj-html-attribute"}),
}
# Components whose content is HTML or text, not MJML.
ENDING = frozenset(
    {"mj-text", "mj-button", "mj-table", "mj-raw", "mj-title", "mj-preview", "mj-style"}
    | {"mj-navbar-link", "mj-social-element", "mj-accordion-title", "mj-accordion-text"}
    | {"mj-html-attribute"}
)
EMPTY = frozenset(
    {"mj-divider", "mj-image", "mj-spacer", "mj-carousel-image", "mj-all", "mj-class"}
    | {"mj-breakpoint", "mj-font"}
)
KNOWN = ENDING | EMPTY | {"mj-attributes"} | (frozenset(CHILDREN) - {""})
_TAG = re.compile(
    r"""<!--.*?-->|<(/?)(mj[a-z-]*)((?:"[^"]*"|'[^']*'|[^'"<>])*?)(/?)>""",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTES = re.compile(r"""(\s+[\w:-]+\s*=\s*("[^"]*"|'[^']*'))*\s*\Z""")


@dataclass(frozen=True)
class Element:
    """One opening or closing MJML tag in the source."""

    name: str
    start: int
    end: int
    closes: bool
    empty: bool
    attributes: str


def elements(text: str) -> Iterator[Element]:
    """The MJML tags outside comments and outside text-like components, in order."""
    at = 0
    while found := _TAG.search(text, at):
        at = found.end()
        if not found[2]:
            continue
        name = found[2].lower()
        element = Element(name, found.start(), at, bool(found[1]), bool(found[4]), found[3])
        yield element
        if name in ENDING and not element.closes and not element.empty:
            close = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(text, at)
            # Without its end everything would be read again and again.
            at = close.start() if close else len(text)


def mjml_problems(source: str) -> list[TemplateProblem]:
    protected = protect(source)
    if source.rfind("<!--") > source.rfind("-->"):
        place = Places(source).at(source.rfind("<!--"))
        return [TemplateProblem(_("A comment is not closed."), *place, "unbalanced")]
    return _Check(protected, Places(source)).problems()


class _Check:
    """Walks the tags of one document with a stack of what is open."""

    def __init__(self, protected: Protected, places: Places) -> None:
        self.protected, self.places = protected, places
        self.open: list[Element] = []
        self.found: list[TemplateProblem] = []
        self.has_body = False

    def problems(self) -> list[TemplateProblem]:
        text, at = self.protected.text, 0
        for element in elements(text):
            self._between(text[at : element.start], at)
            at = element.end
            if element.closes:
                self._close(element)
            else:
                self._open(element)
        if not self.found:
            self._at_the_end()
        return self.found

    def _open(self, element: Element) -> None:
        parent = self.open[-1].name if self.open else ""
        if element.name == "mj-include":
            self._note(element, "include_refused", _("Files cannot be included."))
        elif element.name not in KNOWN:
            message = _("There is no component “%(name)s”.") % {"name": element.name}
            self._note(element, "unknown_component", message)
        elif parent in CHILDREN and element.name not in CHILDREN[parent]:
            message = _("“%(name)s” cannot stand in “%(parent)s”.") % {
                "name": element.name,
                "parent": parent or _("the document"),
            }
            self._note(element, "misplaced", message)
        elif not _ATTRIBUTES.match(element.attributes):
            message = _('The attributes of “%(name)s” must be written name="value".') % {
                "name": element.name
            }
            self._note(element, "attributes", message)
        self.has_body |= element.name == "mj-body"
        if not element.empty:
            self.open.append(element)

    def _close(self, element: Element) -> None:
        if self.open and self.open[-1].name == element.name:
            self.open.pop()
            return
        wanted = self.open[-1].name if self.open else _("nothing")
        message = _("“%(name)s” is closed where “%(wanted)s” is open.") % {
            "name": element.name,
            "wanted": wanted,
        }
        self._note(element, "unbalanced", message)
        if any(opened.name == element.name for opened in self.open):
            while self.open.pop().name != element.name:
                pass

    def _between(self, text: str, at: int) -> None:
        """Only comments, spaces and template blocks may stand between components."""
        if self.open and self.open[-1].name in ENDING:
            return
        bare = re.sub(rf"<!--.*?-->|{self.protected.prefix}b\d+x", "", text, flags=re.DOTALL)
        if bare.strip() and not (not self.open and bare.strip().lower().startswith("<!doctype")):
            start = at + len(text) - len(text.lstrip())
            message = _("Text and HTML must stand in a component such as mj-text or mj-raw.")
            place = self.places.at(self.protected.origin(start))
            self.found.append(TemplateProblem(message, *place, "misplaced"))

    def _at_the_end(self) -> None:
        if self.open:
            message = _("“%(name)s” is not closed.") % {"name": self.open[-1].name}
            self._note(self.open[-1], "unbalanced", message)
        elif not self.has_body:
            message = _("An MJML document needs mjml with mj-body inside.")
            self.found.append(TemplateProblem(message, 1, 1, "no_body"))

    def _note(self, element: Element, code: str, message: str) -> None:
        place = self.places.at(self.protected.origin(element.start))
        self.found.append(TemplateProblem(message, *place, code))
