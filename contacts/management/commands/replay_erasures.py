"""`replay_erasures`: after a backup came back, erases again who was erased since it was made."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from contacts.services import erasure_ledger, replaying
from kernel import clock

BEHIND = """
THE DATABASE IS OLDER THAN THE LEDGER OF ERASURES ({path}).
A backup may have brought back people who were erased. Run before anything is sent:
    ./dev manage replay_erasures
"""


class Command(BaseCommand):
    """Reads the ledger of erasures and does again what the database does not know of."""

    help = "Erase again whom a backup brought back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Offer to look only."""
        parser.add_argument("--dry-run", action="store_true", help="count, and change nothing")
        parser.add_argument("--check", action="store_true", help="warn if the ledger is ahead")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Say what was found and done."""
        path = erasure_ledger.path()
        if options["check"]:
            if replaying.ahead():
                self.stderr.write(BEHIND.format(path=path))
            return
        found = replaying.replay(clock.now(), dry=options["dry_run"])
        self.stdout.write(f"{path}: {found.entries} erasures.")
        if options["dry_run"]:
            self.stdout.write(f"{found.back} people are back and would be erased again.")
            return
        self.stdout.write(f"{found.back} people were back and are erased again.")
        self.stdout.write(f"{found.closed} addresses are closed again.")
