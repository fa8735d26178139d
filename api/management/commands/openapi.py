"""`openapi`: print the OpenAPI document; `--write` keeps it in `docs/openapi.json`."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from api.documentation import describe

FILE = Path(settings.BASE_DIR) / "docs" / "openapi.json"


def text() -> str:
    """Write the document the way it is committed."""
    return json.dumps(describe(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


class Command(BaseCommand):
    """Describes every call of the REST API."""

    help = "Print the OpenAPI document of the REST API."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take where to put it."""
        parser.add_argument("--write", action="store_true", help=f"write {FILE.name} in docs/")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print or write."""
        if options["write"]:
            FILE.write_text(text(), encoding="utf-8")
        else:
            self.stdout.write(text(), ending="")
