"""Thousands as French printers set them, and as browsers write them in the islands."""

THOUSAND_SEPARATOR = "\N{NARROW NO-BREAK SPACE}"
