"""`demo`: brings the sample data, or takes it away."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand
from django.db import transaction

from contacts.models import Contact
from dashboard.demo import loading, removing
from dashboard.demo.marking import guard
from dashboard.models import Sample
from dashboard.services import counting
from emails.models import Email
from kernel import clock, jobs
from segments.models import Segment


class Command(BaseCommand):
    """Sample data: `--load`, `--remove`; `./dev up` asks with `--offer`."""

    help = "Bring the sample data, or take it away."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One of three wishes."""
        wish = parser.add_mutually_exclusive_group(required=True)
        wish.add_argument("--load", action="store_true", help="bring it, now")
        wish.add_argument("--remove", action="store_true", help="take all of it away")
        wish.add_argument("--offer", action="store_true", help="queue it where nothing is yet")
        wish.add_argument("--guard", action="store_true", help="close its addresses, or open them")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do so, and say what was done."""
        now = clock.now()
        guard(now, mails_leave=bool(settings.EMAIL_URL))
        if options["offer"]:
            self._offer()
        elif options["load"]:
            done = loading.load(now, owner_id=_first_user())
            self._tell("The sample is in.", "The sample is in already.", done=done)
        elif options["remove"]:
            done = removing.remove(now)
            self._tell("The sample is gone.", "There is no sample.", done=done)

    def _tell(self, did: str, did_not: str, *, done: bool) -> None:
        if done:
            counting.forget_all()
            counting.refresh(clock.now())
        self.stdout.write(did if done else did_not)

    @transaction.atomic
    def _offer(self) -> None:
        """Only where nobody has begun, and once: who removed it does not get it again."""
        begun = any(model.objects.exists() for model in (Sample, Contact, Email, Segment))
        if not begun:
            args = {"do": "load"}
            jobs.enqueue(
                "dashboard.sample", args, now=clock.now(), user_id=_first_user(), alone=True
            )


def _first_user() -> int | None:
    found: int | None = get_user_model().objects.order_by("pk").values_list("pk", flat=True).first()
    return found
