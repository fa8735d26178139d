"""`describe_permissions`: print who may call what; `--write` keeps it in `docs/permissions.md`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from api.doors import table

FILE = Path(settings.BASE_DIR) / "docs" / "permissions.md"


class Command(BaseCommand):
    """Describes the right each call asks for."""

    help = "Print the permissions of every call."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take where to put it."""
        parser.add_argument("--write", action="store_true", help=f"write {FILE.name} in docs/")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print or write."""
        if options["write"]:
            FILE.write_text(table(), encoding="utf-8")
        else:
            self.stdout.write(table(), ending="")
