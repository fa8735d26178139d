"""Customer files made up by a fixed seed, in every dialect such files are written in."""

import csv
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass

COLUMNS = (
    "Prénom",
    "Nom",
    "E-mail",
    "Ville",
    "Code postal",
    "Pays",
    "N° client",
    "Points fidélité",
)
FIRST = ("Zoé", "Benoît", "Chloé", "Gaël", "Héloïse", "François", "Anaïs", "Jérôme")
LAST = ("Lefèvre", "Gonçalves", "Müller", "O'Neill", "Béranger", 'dit "le Grand"', "Åkesson")
PLACES = (
    ("Besançon", "25000", "France"),
    ("Zürich", "8001", "Suisse"),
    ("Liège", "4000", "Belgium"),
    ("Orléans", "45000", "FR"),
    ("Aix, Sud", "13100", "France"),
    ("L'Haÿ; les Roses", "94240", "FRANCE"),
)


@dataclass(frozen=True)
class Written:
    """One way of writing a table."""

    encoding: str
    separator: str
    line_end: str = "\r\n"
    quote_all: bool = False


DIALECTS = {
    "utf8-comma": Written("utf-8", ",", "\n"),
    "utf8-bom-semicolon-crlf": Written("utf-8-sig", ";"),
    "cp1252-semicolon-crlf": Written("cp1252", ";"),
    "cp1252-tab": Written("cp1252", "\t", "\n"),
    "utf16-tab-crlf": Written("utf-16", "\t"),
    "utf16be-semicolon": Written("utf-16-be", ";", "\n"),
    "macroman-comma-cr": Written("mac-roman", ",", "\r"),
    "utf8-pipe-quoted": Written("utf-8", "|", "\n", quote_all=True),
}


def rows(size: int, seed: int = 7) -> Iterator[tuple[str, ...]]:
    """Make people; every other one has no loyalty points."""
    chance = random.Random(seed)
    for number in range(size):
        city, postcode, country = chance.choice(PLACES)
        points = f"{chance.randrange(900)},{chance.randrange(100):02}" if number % 2 else ""
        yield (
            chance.choice(FIRST),
            chance.choice(LAST),
            f"client{number}@example{number % 7}.org",
            city,
            postcode,
            country,
            f"C{number:07}",
            points,
        )


def table(written: Written, size: int, seed: int = 7) -> bytes:
    """Write them as a file."""
    text = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if written.quote_all else csv.QUOTE_MINIMAL
    writer = csv.writer(
        text, delimiter=written.separator, lineterminator=written.line_end, quoting=quoting
    )
    writer.writerow(COLUMNS)
    writer.writerows(rows(size, seed))
    return text.getvalue().encode(written.encoding)
