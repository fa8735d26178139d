"""Exports: the job that writes files, and the one that forgets them."""

from datetime import timedelta

from contacts.services.exports.clean import clean
from contacts.services.exports.run import give_up, run
from contacts.services.exports.start import KIND
from kernel import clock, jobs
from kernel.jobs import Claimed
from kernel.schedule import scheduled

CLEAN = "contacts.clean_exports"

jobs.handles(KIND, failed=give_up)(run)
scheduled(CLEAN, timedelta(hours=1))


@jobs.handles(CLEAN)
def _clean(_job: Claimed) -> None:
    clean(clock.now())
