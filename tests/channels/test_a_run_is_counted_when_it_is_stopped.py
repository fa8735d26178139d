"""Who pauses, resumes or cancels a run by REST is answered what there is now, of their contacts."""

import pytest

from channels.models import State
from tests.channels.both import (
    BOTH,
    RUNS,
    count_slowly,
    make_broadcast,
    make_people,
    make_run,
    write,
)
from tests.journey import ok

pytestmark = [pytest.mark.django_db, BOTH]


@pytest.fixture
def run(channel, dora):
    """Two were sent to and one waits; the kept figures are from before, one sent is Dora's."""
    contacts = make_people(3)
    type(contacts[0])._default_manager.filter(pk=contacts[0].pk).update(owner=dora)
    message = make_broadcast(channel, contacts, owner=dora)
    kept = {"selected": 3, "queued": 3}
    run = make_run(channel, message, state="sending", counts=kept)
    for contact, state in zip(contacts, (State.SENT, State.SENT, State.QUEUED), strict=True):
        write(channel, message, run, contact, state)
    return run


def told(answer):
    return answer["queued"], answer["statistics"]["queued"], answer["statistics"]["sent"]


def test_figures_are_of_now_and_of_whom_one_sees(channel, run, api, api_dora):
    path = f"{RUNS[channel.kind]}/{run.pk}"
    for doing in ("pause", "resume", "cancel"):
        assert told(ok(api.post(f"{path}/{doing}"))) == told(ok(api.get(path))) == (1, 1, 2)
    channel.run.objects.update(state="sending")
    assert told(ok(api_dora.post(f"{path}/pause"))) == (0, 0, 1)


def test_what_takes_too_long_to_count_is_done_and_no_nought_is_told(
    channel, run, api, api_dora, monkeypatch
):
    count_slowly(channel, monkeypatch)
    path = f"{RUNS[channel.kind]}/{run.pk}"
    paused = ok(api_dora.post(f"{path}/pause"))
    assert (paused["state"], paused["queued"], paused["statistics"]) == ("paused", None, None)
    assert told(ok(api.get(path))) == (1, 1, 2)
