"""`ensure_admin`: make the first administrator, unless there is one."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import BuiltIn, Role, User


class Command(BaseCommand):
    """Reads `ADMIN_EMAIL` and `ADMIN_PASSWORD`; running it again changes nothing."""

    help = "Make the first administrator from ADMIN_EMAIL and ADMIN_PASSWORD."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Make the administrator under a lock, so that two starts at once make one."""
        role = Role.objects.select_for_update().get(built_in=BuiltIn.ADMINISTRATOR)
        if User.objects.administrators().exists():
            return
        email, password = os.environ.get("ADMIN_EMAIL"), os.environ.get("ADMIN_PASSWORD")
        if not email or not password:
            raise CommandError("Set ADMIN_EMAIL and ADMIN_PASSWORD for the first administrator.")
        known = User.objects.filter(email=email).first()
        if known is not None:
            raise CommandError(f"{email} exists, but is not an active administrator.")
        User.objects.create_user(email, password, role=role)
        self.stdout.write(f"{email} is the administrator.")
