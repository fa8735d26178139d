"""Read a table as an import does, without importing it."""

from pathlib import Path

from contacts.services.imports.reading import Row, opened
from contacts.services.imports.sniff import Dialect, sniff


def read(path: Path, **chosen: object) -> tuple[Dialect, list[str], list[Row]]:
    dialect = sniff(path, chosen).dialect
    with opened(path, dialect) as table:
        return dialect, table.columns, list(table.rows)


def read_text(tmp_path: Path, content: str | bytes, **chosen: object):
    file = tmp_path / "table.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return read(file, **chosen)
