"""Between the servers and the processes: tables, translations and the first user, in one go."""

import os

import django
from django.core.management import call_command, get_commands

from automation.translations import compile_catalogues


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "automation.settings")
    compile_catalogues()
    django.setup()
    call_command("migrate", interactive=False, verbosity=1)
    if "ensure_admin" in get_commands():
        call_command("ensure_admin")


if __name__ == "__main__":
    main()
