"""Growth over REST: day by day, of the people one may see."""

from datetime import timedelta

import pytest
import time_machine

from accounts.models import Role
from contacts.models import Contact
from kernel import clock
from segments.models import Segment
from segments.services import members
from tests.cast import client_of, make_user
from tests.contacts.merging import people
from tests.settle import settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def fair() -> Segment:
    """Three days ago two entered, yesterday one of them left and a third came."""
    segment, now = Segment.objects.create(name="Fair", state="ready"), clock.now()
    ana, bo, cy = people(*({"email": f"{name}@x.example"} for name in ("ana", "bo", "cy")))
    for ago, add, remove in ((3, [ana, bo], []), (1, [cy], [bo])):
        with time_machine.travel(now - timedelta(days=ago), tick=False):
            members.change(segment, add, remove, now=clock.now())
    settle()
    return segment


def told(api, segment: Segment, **asked) -> list[dict]:
    answer = api.get(f"/api/v1/segments/{segment.pk}/growth", asked)
    assert answer.status_code == 200, answer.content
    return answer.json()["days"]


def moves(days: list[dict]) -> list[tuple[int, int, int]]:
    return [(day["entered"], day["left"], day["members"]) for day in days]


def test_days_tell_who_came_who_left_and_how_many_there_were(api, fair):
    days = told(api, fair, days=5)
    assert moves(days) == [(0, 0, 0), (2, 0, 2), (0, 0, 2), (1, 1, 2), (0, 0, 2)]
    assert days[-1]["day"] == clock.now().date().isoformat()
    assert len(told(api, fair)) == 90


def test_only_people_one_may_see_are_counted(api, fair):
    rights = {"contacts": {"view": "own"}, "segments": {"view": "all"}}
    eve = make_user("Eve", Role.objects.create(name="Narrow", rights=rights))
    Contact.objects.filter(email="bo@x.example").update(owner=eve)
    assert moves(told(client_of(eve), fair, days=4)) == [
        (1, 0, 1), (0, 0, 1), (0, 1, 0), (0, 0, 0),
    ]  # fmt: skip
    blind = {"segments": {"view": "all"}}
    nobody = make_user("Noah", Role.objects.create(name="Blind", rights=blind))
    assert client_of(nobody).get(f"/api/v1/segments/{fair.pk}/growth").status_code == 403


@pytest.mark.parametrize("days", ["0", "367", "many", "-1", "1.5"])
def test_nonsense_is_refused(api, fair, days):
    answer = api.get(f"/api/v1/segments/{fair.pk}/growth", {"days": days})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "days"
    assert api.get(f"/api/v1/segments/{fair.pk}/growth", {"day": 3}).status_code == 400
