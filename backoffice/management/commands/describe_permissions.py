"""`describe_permissions`: print who may call and open what; `--write` keeps it in the docs."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from api import doors as calls
from backoffice import doors as screens

FILE = Path(settings.BASE_DIR) / "docs" / "permissions.md"


def table() -> str:
    """Write the whole page."""
    return calls.table() + screens.table()


class Command(BaseCommand):
    """Describes the right each call and each screen asks for."""

    help = "Print the permissions of every call and screen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take where to put it."""
        parser.add_argument("--write", action="store_true", help=f"write {FILE.name} in docs/")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print or write."""
        if options["write"]:
            FILE.write_text(table(), encoding="utf-8")
        else:
            self.stdout.write(table(), ending="")
