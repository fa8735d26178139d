"""`check_invariants`: asks the database whether everything promised still holds."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.invariants import broken


class Command(BaseCommand):
    """Ends with an error when a promise is broken, naming rows."""

    help = "Check the promises the tables make to each other."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print each broken promise with offending rows."""
        found = broken()
        for check, rows in found:
            self.stdout.write(f"{check.name}: {check.promise}")
            for row in rows:
                self.stdout.write(f"  {row}")
        if found:
            raise CommandError(f"{len(found)} promises are broken.")
        self.stdout.write("Every promise holds.")
