"""`describe_filters`: print the manual of filters; `--write` keeps it in `docs/filters.md`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from kernel.filters.manual import manual

FILE = Path(settings.BASE_DIR) / "docs" / "filters.md"


class Command(BaseCommand):
    """Describes every condition of the filter language."""

    help = "Print the manual of filters."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take where to put it."""
        parser.add_argument("--write", action="store_true", help=f"write {FILE.name} in docs/")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print or write."""
        if options["write"]:
            FILE.write_text(manual(), encoding="utf-8")
        else:
            self.stdout.write(manual(), ending="")
