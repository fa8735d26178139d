"""`sending`: holds all sending and lets it go on; `--check` holds it after a backup came back."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from emails.services import halting
from kernel import preferences

CAME_BACK = """
THE DATABASE IS OLDER THAN WHAT WAS SENT: A BACKUP CAME BACK. NO MAIL GOES TO CONTACTS.
Look at what should have gone out since the backup, cancel runs that did, then:
    ./dev manage sending --resume
"""


class Command(BaseCommand):
    """Switches the setting `emails.paused`, or says how it stands."""

    help = "Hold all mail to contacts, or let it go on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take one of three."""
        doing = parser.add_mutually_exclusive_group()
        doing.add_argument(
            "--pause", action="store_true", help="send nothing to contacts from now on"
        )
        doing.add_argument("--resume", action="store_true", help="go on")
        doing.add_argument("--check", action="store_true", help="pause if a backup came back")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it and say how it stands."""
        if options["check"]:
            if halting.halt_if_it_came_back():
                self.stderr.write(CAME_BACK)
            return
        if options["pause"] or options["resume"]:
            preferences.put(halting.SETTING, options["pause"])
        self.stdout.write("No mail goes to contacts." if halting.halted() else "Mails are sent.")
