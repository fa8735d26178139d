"""Find out how the bytes of a file become text; what cannot be text marks its row alone."""

import codecs
import re
from collections import Counter
from dataclasses import dataclass
from typing import BinaryIO

CHUNK = 1 << 20
# Enough of a file to know separator, quotes and kinds of values.
SAMPLE = 256 * 1024
# What a person may choose; all are codecs of Python, by their own names.
CHOICES = (
    *("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"),
    *("cp1252", "iso8859-1", "iso8859-15", "mac-roman", "cp850", "cp437", "ascii"),
    *("cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258"),
    *("iso8859-2", "iso8859-5", "iso8859-7", "iso8859-9", "cp852", "koi8-r", "koi8-u"),
    *("shift_jis", "euc_jp", "euc_kr", "big5", "gb18030"),
)
# Longest first: UTF-32 LE begins like UTF-16 LE.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GUESSES = ("cp1252", "iso8859-15", "mac-roman", "cp850")
_WORDS = re.compile(rb"[A-Za-z]*[\x80-\xff]+[A-Za-z]*")
_STRANGE = re.compile("[\udc80-\udcff]")
_ENOUGH_WORDS = 5_000


@dataclass(frozen=True)
class Survey:
    """What one pass over the bytes tells."""

    encoding: str
    size: int
    # Line ends seen: how many rows there are at most, for progress and for the choice of lanes.
    lines: int


def survey(file: BinaryIO) -> Survey:
    """Read the whole file once, in flat memory: an accent in the last row decides too."""
    head = file.read(SAMPLE)
    encoding = width_of(head)
    size, lines, text, words = 0, 0, _Utf8(), Counter[bytes]()
    chunk = head
    while chunk:
        size += len(chunk)
        lines += max(chunk.count(b"\n"), chunk.count(b"\r"))
        if encoding is None and not text.settled and not chunk.isascii():
            text.take(chunk)
            if text.strange and words.total() < _ENOUGH_WORDS:
                words.update(_WORDS.findall(chunk, 0, SAMPLE))
        chunk = file.read(CHUNK)
    return Survey(encoding or text.verdict() or _likeliest(words), size, lines)


def canonical(name: str) -> str | None:
    """Return our spelling of an encoding somebody named, or None if it is not one of ours."""
    try:
        wanted = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    for choice in CHOICES:
        if codecs.lookup(choice).name == wanted:
            return choice
    return None


def errors_for(encoding: str) -> str:
    """Name the error handler under which a wrong byte marks its row and nothing else."""
    return "replace" if encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"


def readable(text: str) -> str:
    """Show text with wrong bytes as a person meant it, most likely, and without NUL."""
    if _STRANGE.search(text):
        text = text.encode("utf-8", "surrogateescape").decode("utf-8", "relais.western")
    return text.replace("\0", "\N{SYMBOL FOR NULL}")


def width_of(head: bytes) -> str | None:
    """Return the encoding that the first bytes prove: a mark, or every other byte a zero."""
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if marked:
        return marked
    even, odd = head[0:4096:2].count(0), head[1:4096:2].count(0)
    pairs = min(len(head), 4096) // 2
    if pairs >= 4 and max(even, odd) > pairs * 0.4 and min(even, odd) < pairs * 0.05:
        return "utf-16-le" if odd > even else "utf-16-be"
    return None


class _Utf8:
    """Counts what is UTF-8 beyond ASCII, and what cannot be."""

    def __init__(self) -> None:
        self.decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self.right = 0
        self.strange = 0

    def take(self, chunk: bytes) -> None:
        text = self.decoder.decode(chunk)
        try:
            size = len(text.encode())
        except UnicodeEncodeError:
            self.strange += len(_STRANGE.findall(text))
            size = len(text.encode("utf-8", "surrogateescape"))
        # Each character beyond ASCII takes two bytes or more.
        self.right += (size - len(text)) // 2

    @property
    def settled(self) -> bool:
        """Whether so much is strange that the rest of the file would change nothing."""
        return self.strange >= _ENOUGH_WORDS and self.verdict() is None

    def verdict(self) -> str | None:
        """UTF-8 with a few broken rows is still UTF-8; the rows are refused one by one."""
        return "utf-8" if self.strange * 10 <= self.right else None


def _likeliest(words: Counter[bytes]) -> str:
    return max(_GUESSES, key=lambda name: sum(_score(w, name) * n for w, n in words.items()))


def _score(word: bytes, encoding: str) -> int:
    """Reward what looks like a word; a capital or a symbol inside one betrays the wrong table."""
    text = word.decode(encoding, "surrogateescape")
    score = 0
    for place, char in enumerate(text):
        if char.isascii():
            continue
        inside = place > 0 and text[place - 1].islower()
        if not char.isalpha():
            score -= 2 if 0 < place < len(text) - 1 else 1
        elif char.isupper() and inside:
            score -= 2
        else:
            score += 2
    return score


def _western(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return wrong.decode("cp1252", "replace"), error.end


codecs.register_error("relais.western", _western)
