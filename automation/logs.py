"""What is logged names nobody: logs are read by many, copied, and erased by no erasure."""

import logging
import re

# Whatever looks like one; more than addresses may be hidden, never less.
_ADDRESS = re.compile(
    r"[^\s\"'<>()\[\]{},;:=/@]+@[^\s\"'<>()\[\]{},;:=/@]*\.[^\s\"'<>()\[\]{},;:=/@]+"
)


class WithoutAddresses(logging.Formatter):
    """Writes a record and its traceback with every email address left out."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the lines of a record."""
        return _ADDRESS.sub("…@…", super().format(record))
