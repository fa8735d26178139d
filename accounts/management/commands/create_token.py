"""`create_token --email EMAIL`: print a new API token, alone on standard output."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Token, User
from accounts.scopes import check_scopes
from kernel import clock


class Command(BaseCommand):
    """Makes a token for a user that exists."""

    help = "Print a new API token of a user."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whose token it is, and what it may do."""
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", default="Command line")
        parser.add_argument(
            "--scopes", default="", help="contacts=read,segments=write; all rights if left out"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the token and print it."""
        user = User.objects.filter(email=options["email"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user with the address {options['email']}.")
        pairs = [pair.strip().partition("=") for pair in options["scopes"].split(",") if pair]
        scopes = {kind: level for kind, _equals, level in pairs} or None
        try:
            check_scopes(scopes)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        _token, secret = Token.issue(user, options["name"], now=clock.now(), scopes=scopes)
        self.stdout.write(secret)
