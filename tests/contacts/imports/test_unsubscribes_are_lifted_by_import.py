"""A file lifts unsubscribes only for a reason; how many is said before and after, with proof."""

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from contacts.models import ConsentRecord
from tests.contacts.imports.sending import post, problems, take
from tests.contacts.imports.steps import begun, pick
from tests.contacts.imports.test_who_opted_in import close, closed, file, opt_in
from tests.settle import settle

pytestmark = pytest.mark.django_db
ASKED = {"column": "Newsletter", "asked_again": True}


@pytest.mark.parametrize("path", ["", "/preview", "/drafts"])
def test_nothing_is_lifted_without_a_reason(api: APIClient, path: str):
    answer = post(api, file("yes"), path=path, opt_in=ASKED)
    assert problems(answer) == [("options.opt_in.reason", "required")]


def test_what_is_lifted_is_counted_before_and_after_and_proved(api: APIClient):
    opt_in(api, "yes", "yes")
    # Their consent stays in force beside the closed channel.
    for name in ("ana", "cy"):
        close(name, "unsubscribed")
    proofs = ConsentRecord.objects.count()
    asked = {**ASKED, "reason": "Fair"}
    draft = post(api, file("yes", "yes", "no"), path="/drafts", opt_in=asked).json()
    assert (draft["look"]["lifted"], draft["look"]["cleared"]) == (1, {})
    done = take(api, file("yes", "yes", "no"), opt_in=asked)
    assert (done["reopened"], done["unchanged"]) == (1, 3)
    assert closed() == {"cy": "unsubscribed"}
    texts = ConsentRecord.objects.order_by("pk").values_list("text", "state")[proofs:]
    assert ("Column Newsletter of people.csv: Fair", "granted") in texts


def test_the_screen_asks_for_the_reason_and_tells_the_number(client: Client, alice: User):
    close("ana", "unsubscribed")
    client.force_login(alice)
    at = begun(client, file("yes"))
    pick(client, at, "Newsletter", "@opt_in")
    rules = {"match": "email", "mode": "upsert", "asked_again": "on", "silence": "unchanged"}
    refused = client.post(f"{at}/rules", rules)
    assert refused.status_code == 422
    assert "reason" in refused.context["form"].errors
    assert client.post(f"{at}/rules", {**rules, "reason": "Fair"}).status_code == 302
    assert (
        "The unsubscribe of 1 person will be lifted" in client.get(f"{at}/check").content.decode()
    )
    client.post(f"{at}/start")
    settle()
    labels = {str(one["label"]): one["count"] for one in client.get(at).context["figures"]}
    assert labels["Unsubscribes lifted"] == "1"
