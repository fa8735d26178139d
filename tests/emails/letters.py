"""A plain letter that tests change."""

from datetime import UTC, datetime

from emails.mime import Letter

# A mail whose lines begin with dots.
RAW = b"From: a@x.example\r\nSubject: Hi\r\n\r\n.dot\r\n..\r\nend\r\n"
NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)


def letter(**changes):
    values = {
        "from_address": "shop@x.example",
        "to_address": "zoe@y.example",
        "subject": "Hello",
        "message_id": "<key.1@x.example>",
        "date": NOW,
        "text": "Hi",
        "html": "<p>Hi</p>",
    }
    return Letter(**{**values, **changes})
