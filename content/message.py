"""A whole message: checked and prepared once when saved, rendered once per recipient.

* prepare(MessageSource(subject, html | mjml, text, preheader, from_name, from_address, reply_to),
  tokens) -> PreparedMessage; raises TemplateRefused, each problem with its `field`
* PreparedMessage.as_json() / PreparedMessage.of_json(…): what a version stores
  .links: tuple[Link(position, destination, label)] · .uses: {"contact.first_name", …}
* compile_message(prepared, language="en", zone=UTC) -> Message, cached by its content
* message.render(values, click=None, pixel_url="") -> Rendered(subject, from_name, from_address,
  reply_to, html, text); `html_pieces` and `text_pieces` are the same before they are joined
  `click(position, destination) -> str` makes the counted address of a link; without it and
  without a pixel the body has plain links (people who refused to be measured).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, tzinfo
from functools import cache, cached_property
from typing import Any

from django.utils.translation import gettext as _

from content.links import Link, Numbers, track_html, track_text
from content.markup import page_of_html, page_of_mjml
from content.plaintext import text_part
from content.problems import TemplateProblem, TemplateRefused
from content.templates import Click, Template, check_template, compile_template
from content.tokens import CLICK, PIXEL, TokenSet

HEADERS = ("subject", "from_name", "from_address", "reply_to")
_PIXEL = (
    f'{{% if {PIXEL} %}}<img src="{{{{ {PIXEL} }}}}" width="1" height="1" alt="" '
    'style="display:block;width:1px;height:1px;border:0">{% endif %}'
)


@dataclass(frozen=True)
class MessageSource:
    """What the author wrote; `html` or `mjml` is the body, a missing `text` is made from it."""

    subject: str
    html: str = ""
    mjml: str = ""
    text: str = ""
    preheader: str = ""
    from_name: str = ""
    from_address: str = ""
    reply_to: str = ""


@dataclass(frozen=True)
class PreparedMessage:
    """Checked templates of one message, ready to be stored and compiled."""

    subject: str
    from_name: str
    from_address: str
    reply_to: str
    html: str
    html_tracked: str
    text: str
    links: tuple[Link, ...]
    uses: frozenset[str]

    def as_json(self) -> dict[str, Any]:
        stored = {field.name: getattr(self, field.name) for field in fields(self)}
        return stored | {
            "links": [asdict(link) for link in self.links],
            "uses": sorted(self.uses),
        }

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> "PreparedMessage":
        links = tuple(Link(**link) for link in stored["links"])
        return cls(**{**stored, "links": links, "uses": frozenset(stored["uses"])})


@dataclass(frozen=True)
class Rendered:
    """One recipient's message, as text."""

    subject: str
    from_name: str
    from_address: str
    reply_to: str
    html_pieces: Sequence[str]
    text_pieces: Sequence[str]
    # The pieces that every reader's message has.
    fixed: frozenset[str]

    @property
    def html(self) -> str:
        return "".join(self.html_pieces)

    @property
    def text(self) -> str:
        return "".join(self.text_pieces)


@dataclass(frozen=True, eq=False)
class Message:
    """A compiled message in one language."""

    headers: Mapping[str, Template]
    html: Template
    html_tracked: Template
    text: Template
    uses: frozenset[str]

    @cached_property
    def fixed(self) -> frozenset[str]:
        return self.html.fixed | self.html_tracked.fixed | self.text.fixed

    def render(
        self, values: Mapping[str, Any], click: Click | None = None, pixel_url: str = ""
    ) -> Rendered:
        # Both parts hold the same links: each address is made once.
        values = {**values, CLICK: cache(click) if click else None, PIXEL: pixel_url}
        body = self.html_tracked if click or pixel_url else self.html
        return Rendered(
            html_pieces=body.pieces(values),
            text_pieces=self.text.pieces(values),
            fixed=self.fixed,
            **{name: template.render(values) for name, template in self.headers.items()},
        )


def prepare(source: MessageSource, tokens: TokenSet) -> PreparedMessage:
    """Check every part and prepare the bodies; all problems are reported together."""
    problems = list(_header_problems(source, tokens))
    page = text = ""
    try:
        page = _page(source, tokens)
    except TemplateRefused as refused:
        field = "mjml" if source.mjml.strip() else "html"
        problems += [replace(problem, field=field) for problem in refused.problems]
    if source.text.strip():
        found = check_template(source.text, "text", tokens)
        problems += [replace(problem, field="text") for problem in found]
    if problems:
        raise TemplateRefused(problems)
    numbers = Numbers()
    tracked = track_html(page, numbers)
    text = track_text(source.text, numbers) if source.text.strip() else text_part(tracked)
    prepared = PreparedMessage(
        html=page,
        html_tracked=_with_pixel(tracked) if page else "",
        text=text,
        links=tuple(numbers.links),
        uses=frozenset(),
        **{name: getattr(source, name) for name in HEADERS},
    )
    own = tuple(name for name, _names in tokens.namespaces if name not in USUAL)
    uses = compile_message(prepared, own=own).uses
    return replace(prepared, uses=uses - {CLICK, PIXEL})


# What every message may hold.
USUAL = frozenset(name for name, _names in TokenSet.sending().namespaces)


def compile_message(
    prepared: PreparedMessage,
    language: str = "en",
    zone: tzinfo = UTC,
    own: tuple[str, ...] = (),
) -> Message:
    """Compile what was prepared; `own` are namespaces beside the usual."""
    tokens = TokenSet.sending(*own)

    def compiled(source: str, kind: str) -> Template:
        return compile_template(source, kind, tokens, language, zone)

    headers = {name: compiled(getattr(prepared, name), "header") for name in HEADERS}
    html, tracked = compiled(prepared.html, "html"), compiled(prepared.html_tracked, "html")
    text = compiled(prepared.text, "text")
    uses = frozenset().union(*(part.uses for part in (*headers.values(), html, tracked, text)))
    return Message(headers, html, tracked, text, uses)


def _header_problems(source: MessageSource, tokens: TokenSet) -> Iterator[TemplateProblem]:
    for name in (*HEADERS, "preheader"):
        for problem in check_template(getattr(source, name), "header", tokens):
            yield replace(problem, field=name)
    if source.html.strip() and source.mjml.strip():
        message = _("Give html or mjml, not both.")
        yield TemplateProblem(message, 1, 1, "ambiguous", field="mjml")
    if not (source.html.strip() or source.mjml.strip() or source.text.strip()):
        yield TemplateProblem(_("A message needs a body."), 1, 1, "required", field="html")


def _page(source: MessageSource, tokens: TokenSet) -> str:
    # A faulty preheader is reported for its own field, not a second time with the page.
    faulty = check_template(source.preheader, "header", tokens)
    preheader = "" if faulty else source.preheader
    if source.mjml.strip():
        return page_of_mjml(source.mjml, tokens, preheader)
    return page_of_html(source.html, tokens, preheader) if source.html.strip() else ""


def _with_pixel(page: str) -> str:
    at = page.lower().rfind("</body")
    return page + _PIXEL if at < 0 else page[:at] + _PIXEL + page[at:]
