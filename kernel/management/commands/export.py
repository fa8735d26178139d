"""`export SOURCE`: rows of contacts, events … as CSV on standard output."""

import sys
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel import clock
from kernel.exports import write_csv
from kernel.sources import sources


class Command(BaseCommand):
    """Exports what a user may see."""

    help = "Write the rows of a source as CSV to standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the source, whose rights count, and the period."""
        parser.add_argument("source")
        parser.add_argument("--email", required=True, help="export what this user may see")
        parser.add_argument("--after", default="1970-01-01T00:00:00Z")
        parser.add_argument("--before", default="")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Stream the rows; say on standard error how many there were."""
        kind = sources.get(options["source"])
        if kind is None:
            raise CommandError(f"There are these sources: {', '.join(sources.keys())}.")
        user = get_user_model().objects.filter(email__iexact=options["email"]).first()
        if user is None:
            raise CommandError(f"Nobody signs in as {options['email']}.")
        start, end = self.instant(options["after"]), self.instant(options["before"])
        count = write_csv(kind(), user, start, end, sys.stdout)
        self.stderr.write(f"{count} rows")

    def instant(self, text: str) -> datetime:
        """Read a bound of the period; nothing means the present."""
        try:
            return clock.parse_instant(text) if text else clock.now()
        except ValueError as error:
            example = clock.iso(datetime(2026, 11, 22, tzinfo=UTC))
            raise CommandError(f"Not an instant: {text}. Write {example}.") from error
