"""What proves that something was done once is forgotten when it cannot be asked for again."""

from datetime import timedelta

import pytest

from kernel import clock, jobs
from kernel.models import ActionDone
from tests.settle import settle

pytestmark = pytest.mark.django_db


def test_proofs_of_old_bulk_actions_go_and_all_others_stay(api):
    now = clock.now()
    for cause, days in (("bulk:1:tags", 100), ("bulk:2:tags", 10), ("trigger:1:tags", 1_000)):
        ActionDone.objects.create(
            cause=cause, contact_id=1, done_at=now - timedelta(days=days), outcome="done"
        )
    jobs.enqueue("kernel.housekeeping", {}, now=now)
    settle()
    assert set(ActionDone.objects.values_list("cause", flat=True)) == {
        "bulk:2:tags",
        "trigger:1:tags",
    }
