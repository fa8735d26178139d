"""Where in an HTML document a token stands: in text, an attribute, an address, a style.

The scanner follows the literal parts of a template in order of the source. It keeps the little
of the HTML state machine that decides how a value must be escaped, as Go's html/template does.
"""

import re
from dataclasses import dataclass, replace

TEXT, TAG, NAME, BEFORE_VALUE, VALUE = "text", "tag", "name", "before value", "value"
COMMENT, DECLARATION, RAW = "comment", "declaration", "raw"
URL_ATTRIBUTES = frozenset(
    {"href", "src", "srcset", "action", "formaction", "background", "poster", "cite", "data"}
    | {"longdesc", "xlink:href"}
)
RAW_ELEMENTS = frozenset({"script", "style"})

_TEXT_STOP = re.compile(r"<(?=[a-zA-Z/!?]|\Z)")
_CONDITIONAL = re.compile(
    r"<!--\[if[^\]<>]{0,200}\]>(?:<!-->|<!---->)?|<!\[endif\]-->|<!--<!\[endif\]-->"
)
_TAG_NAME = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
# A tag without tokens whose quotes all stand around values: nothing in it needs following.
_WHOLE_TAG = re.compile(r"""(?>[^'"<>=]+|=\s*(?:"[^"]*"|'[^']*'|[^\s'"<>=]*))*+>""")
_SPACE = re.compile(r"[\s/]+")
_ATTRIBUTE = re.compile(r"[^\s/>=]+")
_EQUALS = re.compile(r"\s*=\s*")
_UNQUOTED_END = re.compile(r"[\s>]")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:/*|//")
_SHORT_COMMENT = re.compile(r"<!---?>")
_COMMENT_END = re.compile(r"--!?>")
_RAW_END = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in ("script", "style")}
_JSON_QUOTE = re.compile(r'\\.|"')


@dataclass(frozen=True)
class Position:
    """One place in a document. Equal positions escape alike."""

    mode: str = TEXT
    element: str = ""
    attribute: str = ""
    quote: str = ""
    url_part: str = ""
    json_type: bool = False
    in_string: bool = False

    @property
    def place(self) -> str | None:
        """Name of the escaping a value needs here; None where no value may stand."""
        if self.mode in (TEXT, COMMENT):
            return "text"
        if self.mode == RAW:
            return self._raw_place()
        if self.mode not in (VALUE, BEFORE_VALUE) or self.attribute.startswith("on"):
            return None
        if not self.quote:
            return "unquoted"
        if self.attribute in URL_ATTRIBUTES:
            return f"url_{self.url_part or 'start'}"
        return "css" if self.attribute == "style" else "attribute"

    def _raw_place(self) -> str | None:
        if self.element == "style":
            return "css"
        return "json" if self.json_type and self.in_string else None

    def after_value(self) -> "Position":
        """The position behind a token that was put here."""
        mode = VALUE if self.mode == BEFORE_VALUE else self.mode
        part = self.url_part
        if mode == VALUE and part in ("", "start"):
            part = "loose"
        return replace(self, mode=mode, url_part=part)

    def joined(self, other: "Position") -> "Position | None":
        """The position after two branches that ended here and there; None when they disagree."""
        if self == other:
            return self
        if replace(self, url_part="") != replace(other, url_part=""):
            return None
        if {"", "start"} & {self.url_part, other.url_part}:
            return None
        return replace(self, url_part="query")


def follow(position: Position, text: str) -> Position:
    """The position after this literal text."""
    at = 0
    while at < len(text):
        position, at = _STEPS[position.mode](position, text, at)
    return position


def _in_text(position: Position, text: str, at: int) -> tuple[Position, int]:
    found = _TEXT_STOP.search(text, at)
    if not found:
        return position, len(text)
    at = found.start()
    # What a conditional comment holds is markup for Outlook, so it is scanned as markup.
    if conditional := _CONDITIONAL.match(text, at):
        return position, conditional.end()
    if text.startswith("<!--", at):
        short = _SHORT_COMMENT.match(text, at)
        return (position, short.end()) if short else (replace(position, mode=COMMENT), at + 4)
    if named := _TAG_NAME.match(text, at):
        element = named[2].lower() if not named[1] else "/"
        whole = _WHOLE_TAG.match(text, named.end())
        if whole and element not in RAW_ELEMENTS:
            return position, whole.end()
        return Position(TAG, element=element), named.end()
    # Also a lone "<" before a token: what follows would become a tag name.
    return Position(DECLARATION), at + 1


def _in_declaration(position: Position, text: str, at: int) -> tuple[Position, int]:
    end = text.find(">", at)
    return (position, len(text)) if end < 0 else (Position(), end + 1)


def _in_comment(position: Position, text: str, at: int) -> tuple[Position, int]:
    end = _COMMENT_END.search(text, at)
    return (Position(), end.end()) if end else (position, len(text))


def _in_tag(position: Position, text: str, at: int) -> tuple[Position, int]:
    if space := _SPACE.match(text, at):
        return position, space.end()
    if text[at] == ">":
        return _after_tag(position), at + 1
    if name := _ATTRIBUTE.match(text, at):
        attribute = name[0].lower()
        return replace(position, mode=NAME, attribute=attribute, url_part=""), name.end()
    return position, at + 1


def _after_tag(position: Position) -> Position:
    if position.element not in RAW_ELEMENTS:
        return Position()
    return Position(RAW, element=position.element, json_type=position.json_type)


def _in_name(position: Position, text: str, at: int) -> tuple[Position, int]:
    if equals := _EQUALS.match(text, at):
        return replace(position, mode=BEFORE_VALUE), equals.end()
    return replace(position, mode=TAG, attribute=""), at


def _before_value(position: Position, text: str, at: int) -> tuple[Position, int]:
    if text[at].isspace():
        return position, at + 1
    if text[at] in "\"'":
        return replace(position, mode=VALUE, quote=text[at]), at + 1
    return replace(position, mode=VALUE, quote=""), at


def _in_value(position: Position, text: str, at: int) -> tuple[Position, int]:
    if position.quote:
        end = text.find(position.quote, at)
        behind = end + 1
    else:
        stop = _UNQUOTED_END.search(text, at)
        end = behind = stop.start() if stop else -1
    if end < 0:
        return replace(position, url_part=_part_of_value(position, text[at:])), len(text)
    json_type = position.json_type
    if position.element == "script" and position.attribute == "type":
        json_type = text[at:end].strip().lower() == "application/ld+json"
    return Position(TAG, element=position.element, json_type=json_type), behind


def _in_raw(position: Position, text: str, at: int) -> tuple[Position, int]:
    close = _RAW_END[position.element].search(text, at)
    if close:
        return Position(TAG, element="/"), close.end()
    quotes = _JSON_QUOTE.findall(text, at).count('"') if position.json_type else 0
    return replace(position, in_string=position.in_string ^ bool(quotes % 2)), len(text)


def url_part(current: str, literal: str) -> str:
    """How far into an address we are: start, loose (only values yet), host, path or query."""
    if current == "query" or "?" in literal or "#" in literal:
        return "query"
    if current in ("", "start"):
        literal = literal.lstrip()
        if not literal:
            return "start"
        scheme = _SCHEME.match(literal)
        if scheme and "//" in scheme[0]:
            return "path" if "/" in literal[scheme.end() :] else "host"
        return "path"
    if current in ("host", "loose"):
        return "path" if "/" in literal else current
    return current


def _part_of_value(position: Position, literal: str) -> str:
    return url_part(position.url_part, literal) if position.attribute in URL_ATTRIBUTES else ""


_STEPS = {
    TEXT: _in_text,
    COMMENT: _in_comment,
    DECLARATION: _in_declaration,
    TAG: _in_tag,
    NAME: _in_name,
    BEFORE_VALUE: _before_value,
    VALUE: _in_value,
    RAW: _in_raw,
}
