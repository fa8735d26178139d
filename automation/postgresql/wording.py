"""Errors of the database are told without the rows they are about: logs outlive whom they name.

The server puts rows into details (`Key (email)=(…) already exists`), values into its messages
(`invalid input syntax for type integer: "…"`), and the driver adds the line of the statement.
"""

import re

import psycopg2

# In these classes the message itself quotes a value: a value that does not fit, and a syntax error.
QUOTING = ("22", "42601")
# A pattern somebody wrote, which whoever wrote it is told.
PATTERN = "2201B"
# From the first quotation mark to the last: values hold some themselves.
_QUOTED = re.compile(r'".*"', re.DOTALL)


def reword(error: BaseException) -> None:
    """Leave an error of the server its kind and its sentence, without values; once is enough."""
    if not isinstance(error, psycopg2.Error):
        return
    sentence = error.diag.message_primary
    if sentence is None:  # the driver's own word, which knows no rows
        return
    code = error.pgcode or ""
    if code.startswith(QUOTING) and code != PATTERN:
        sentence = _QUOTED.sub('"…"', sentence)
    error.args = (sentence,)
