"""`clock +3d`: moves the test clock of a data folder started with --test-clock."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel import clock


class Command(BaseCommand):
    """Shows or moves the test clock; every process of the data folder follows at once."""

    help = "Show the clock, or move a test clock forward (+90s, +10m, +1h, +3d, +2w)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take one optional duration."""
        parser.add_argument("by", nargs="?", default="", metavar="+DURATION")

    def handle(self, *_args: Any, by: str, **_options: Any) -> None:
        """Move the clock if asked to, then print the present."""
        if by:
            try:
                clock.move(clock.parse_duration(by.removeprefix("+")))
            except ValueError as error:
                raise CommandError(
                    f"Not a duration: {by}. Write +90s, +10m, +1h or +3d."
                ) from error
            except RuntimeError as error:
                raise CommandError(str(error)) from error
        self.stdout.write(clock.iso(clock.now()))
