"""Compiles checked templates and renders them, once per recipient, with plain values.

* compile_template(source, kind, tokens, language="en", zone=UTC) -> Template
  kind: "html" | "text" (plain text, SMS) | "header" (subject, names: one line) | "url"
  raises TemplateRefused(problems: tuple[TemplateProblem])
* check_template(source, kind, tokens) -> list[TemplateProblem]
* template.render({"contact": {…}, "company": {…}, "event": {…}, "today": date, …}) -> str
  raises RenderRefused only when the result is larger than 1 MB or its loops run too long
* template.pieces(values) -> the same in pieces; those of `template.fixed` are the same each time
* template.uses -> frozenset of paths such as {"contact.first_name", "event.items"}
* template.aliases("contact") -> frozenset of the contact fields it reads

Values are read from plain mappings by the paths the template names, converted to text in the
template's language, escaped for the place they stand in, and never looked at as template.
Pass dates, numbers and booleans as such (not as text) to have them written in that language.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from functools import cached_property, lru_cache
from types import CodeType
from typing import Any

from django.utils.translation import gettext as _
from jinja2 import Environment
from jinja2 import Template as Compiled

from content.dialect import check
from content.escaping import PLACES, to_html
from content.filters import filters_of
from content.problems import RenderRefused, TemplateProblem, TemplateRefused
from content.statements import ROUNDS
from content.tokens import TokenSet
from content.wording import Wording

MAX_OUTPUT = 1_000_000
# All loops of one rendering together: some hundredths of a second.
MAX_ROUNDS = 50_000
# A longer address would make a counted one that mail programs cut.
MAX_COUNTED = 2_000
# A fixed piece shorter than this is not worth remembering.
LONG_PIECE = 8
# Makes the address of one link of one recipient from its position and destination.
Click = Callable[[int, str], str]


@dataclass(frozen=True, eq=False)
class Template:
    """A compiled template of one language."""

    kind: str
    uses: frozenset[str]
    has_loops: bool
    _compiled: Compiled
    _reads: tuple[tuple[str, tuple[str, ...]], ...]

    def aliases(self, namespace: str) -> frozenset[str]:
        paths = (path.split(".") for path in self.uses)
        return frozenset(path[1] for path in paths if path[0] == namespace and len(path) > 1)

    def render(self, values: Mapping[str, Any]) -> str:
        return "".join(self.pieces(values))

    def pieces(self, values: Mapping[str, Any]) -> list[str]:
        """Fill in; the pieces that stand in every result are those of `fixed`."""
        return self._render(values) if self._reads else self._always

    @cached_property
    def fixed(self) -> frozenset[str]:
        """The longer pieces that the template itself brings."""
        found = _constants(self._compiled.root_render_func.__code__)
        return frozenset(text for text in found if len(text) >= LONG_PIECE)

    @cached_property
    def _always(self) -> list[str]:
        """What a template without values comes to."""
        return self._render({})

    def _render(self, values: Mapping[str, Any]) -> list[str]:
        read = {name: _read(values, path) for name, path in self._reads}
        if self.has_loops:
            read[ROUNDS] = [MAX_ROUNDS]
        context = self._compiled.new_context(read, shared=True)
        pieces = self._compiled.root_render_func(context)
        found = _bounded(pieces) if self.has_loops else list(pieces)
        if sum(map(len, found)) > MAX_OUTPUT:
            raise _too_large()
        return found


def _constants(code: CodeType) -> Iterator[str]:
    """The texts in compiled code, inner functions included."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _constants(constant)
        elif isinstance(constant, str):
            yield constant


def compile_template(
    source: str, kind: str, tokens: TokenSet, language: str = "en", zone: tzinfo = UTC
) -> Template:
    """Check and compile; the same source again comes from a cache."""
    return _compiled(source, kind, tokens, language, zone)


def check_template(source: str, kind: str, tokens: TokenSet) -> list[TemplateProblem]:
    try:
        check(source, kind, tokens)
    except TemplateRefused as refused:
        return list(refused.problems)
    return []


@lru_cache(maxsize=512)
def _compiled(source: str, kind: str, tokens: TokenSet, language: str, zone: tzinfo) -> Template:
    checked = check(source, kind, tokens)
    environment = _environment(language, zone)
    checked.tree.set_environment(environment)
    # The tree comes from our check, so what is compiled here was allowed node by node.
    code = environment.compile(checked.tree)
    return Template(
        kind=kind,
        uses=frozenset(checked.names),
        has_loops=checked.has_loops,
        _compiled=Compiled.from_code(environment, code, {}),
        _reads=tuple((name, tuple(path.split("."))) for path, name in checked.names.items()),
    )


@lru_cache(maxsize=64)
def _environment(language: str, zone: tzinfo) -> Environment:
    environment = Environment(autoescape=False, optimized=False)  # noqa: S701  escaped by place
    wording = Wording(language, zone)
    environment.globals.clear()
    environment.tests.clear()
    environment.filters = filters_of(wording) | {
        f"_{place}": _writer(wording, encode) for place, encode in PLACES.items()
    }
    environment.filters |= {
        "_ready": lambda value: value or "",
        "_tracked_text": _counted,
        "_tracked_html": lambda url, position, click: to_html(_counted(url, position, click)),
    }
    return environment


def _counted(url: str, position: int, click: Click | None) -> str:
    """The address of a link that counts the click; what does not lead to the web stays."""
    leads_to_the_web = url[:8].lower().startswith(("http://", "https://"))
    countable = leads_to_the_web and len(url) <= MAX_COUNTED
    return click(position, url) if click and countable else url


def _writer(wording: Wording, encode: Callable[[str], str]) -> Callable[[Any], str]:
    text = wording.text
    return lambda value: encode(value if type(value) is str else text(value))


def _read(values: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = values
    for part in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value


def _bounded(pieces: Any) -> list[str]:
    kept, size = [], 0
    for piece in pieces:
        size += len(piece)
        if size > MAX_OUTPUT:
            raise _too_large()
        kept.append(piece)
    return kept


def _too_large() -> RenderRefused:
    return RenderRefused(_("The message grew larger than 1 MB."), "too_large")
