"""`preference KEY [VALUE]`: shows or changes a workspace setting; without a key, all of them."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel import preferences


class Command(BaseCommand):
    """Reads and writes workspace settings."""

    help = "Show all workspace settings, show one, or change one (VALUE is JSON or plain text)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take an optional key and an optional value."""
        parser.add_argument("key", nargs="?", default="")
        parser.add_argument("value", nargs="?", default=None)

    def handle(self, *_args: Any, key: str, value: str | None, **_options: Any) -> None:
        """Change the setting if a value is given, then print what is in force."""
        known = {setting.key: setting for setting in preferences.known()}
        if key and key not in known:
            raise CommandError(f"No such setting: {key}. There are: {', '.join(sorted(known))}.")
        if value is not None:
            try:
                preferences.put(key, _read(value))
            except ValueError as error:
                raise CommandError(f"{key}: {error}") from error
        for name in [key] if key else sorted(known):
            self.stdout.write(f"{name} = {json.dumps(preferences.shown(name), ensure_ascii=False)}")


def _read(value: str) -> Any:
    """Read JSON; what is none is a text."""
    try:
        return json.loads(value)
    except ValueError:
        return value
