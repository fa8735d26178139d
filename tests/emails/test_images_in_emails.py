"""Emails say which images of the library they show: none of these is deleted."""

from urllib.parse import urlsplit

import pytest
from rest_framework.test import APIClient

from accounts.models import AuditEntry, User
from emails.models import Email
from media.models import Image
from media.services import showing
from tests.media.drawing import drawn, in_base64

pytestmark = pytest.mark.django_db
V1 = "/api/v1"
SIZES = ("url", "small_url", "full_url")


def brought(api: APIClient, name: str) -> dict:
    return api.post(f"{V1}/media", {"name": name, "file": in_base64(drawn((700, 9)))}).json()


def written(api: APIClient, body: dict) -> dict:
    told = {"name": "News", "type": "template", "subject": "Hi", "from_address": "a@x.example"}
    answer = api.post(f"{V1}/emails", {**told, **body})
    assert answer.status_code == 201, answer.content
    return answer.json()


@pytest.mark.parametrize(
    "body",
    [
        {"html": '<p><img src="{}" alt=""></p>'},
        {"html": '<p style="background:url({})">Hi</p>'},
        {
            "mjml": '<mjml><mj-body><mj-hero background-url="{}"><mj-text>Hi</mj-text></mj-hero>'
            "</mj-body></mjml>"
        },
    ],
)
@pytest.mark.parametrize("size", SIZES)
def test_an_image_that_an_email_shows_stays(
    api, client, alice: User, body, size, django_capture_on_commit_callbacks
):
    logo, other = brought(api, "Logo"), brought(api, "Other")
    email = written(api, {key: text.format(logo[size]) for key, text in body.items()})
    refused = api.delete(f"{V1}/media/{logo['id']}")
    assert refused.status_code == 409
    assert "News" in refused.content.decode()
    assert api.delete(f"{V1}/media/{other['id']}").status_code == 204
    client.force_login(alice)
    assert "News" in client.get(f"/media/{logo['id']}?tab=uses").content.decode()
    client.post(f"/media/{logo['id']}/delete")
    assert Image.objects.filter(pk=logo["id"]).exists()
    # As soon as none shows it, it may leave the library; mails that were sent go on showing it.
    changed = api.patch(f"{V1}/emails/{email['id']}", {"html": "<p>Without</p>", "mjml": ""})
    assert changed.status_code == 200, changed.content
    with django_capture_on_commit_callbacks(execute=True):
        assert api.delete(f"{V1}/media/{logo['id']}").status_code == 204
    assert api.get(f"{V1}/media/{logo['id']}").status_code == 404
    assert not Image.objects.filter(pk=logo["id"]).exists()
    assert all(client.get(urlsplit(logo[key]).path).status_code == 200 for key in SIZES)


@pytest.mark.parametrize("published", [False, True])
@pytest.mark.parametrize("how", ["changed", "deleted"])
def test_only_what_was_never_published_loses_its_addresses(
    api, client, published, how, django_capture_on_commit_callbacks
):
    logo = brought(api, "Logo")
    email = written(api, {"html": f'<img src="{logo["url"]}">', "state": "unpublished"})
    at = f"{V1}/emails/{email['id']}"
    if published:
        assert api.patch(at, {"state": "published"}).status_code == 200
        assert api.patch(at, {"state": "unpublished"}).status_code == 200
    answer = api.patch(at, {"html": "<p>Hi</p>"}) if how == "changed" else api.delete(at)
    assert answer.status_code in {200, 204}
    with django_capture_on_commit_callbacks(execute=True):
        assert api.delete(f"{V1}/media/{logo['id']}").status_code == 204
    found = client.get(urlsplit(logo["url"]).path).status_code
    assert found == (200 if published else 404)


def test_a_copy_of_an_email_shows_its_images_too(api, client, alice: User):
    logo = brought(api, "Logo")
    email = written(api, {"html": f'<img src="{logo["url"]}" alt="">'})
    client.force_login(alice)
    client.post(f"/emails/{email['id']}/duplicate")
    assert api.delete(f"{V1}/emails/{email['id']}").status_code == 204
    assert api.delete(f"{V1}/media/{logo['id']}").status_code == 409


def test_a_former_picture_counts(api):
    logo = brought(api, "Logo")
    email = written(api, {"html": f'<img src="{logo["url"]}" alt="">'})
    api.post(f"{V1}/media/{logo['id']}/replace", {"file": in_base64(drawn((20, 20)))})
    api.patch(f"{V1}/emails/{email['id']}", {"html": f'<b><img src="{logo["url"]}" alt=""></b>'})
    assert api.delete(f"{V1}/media/{logo['id']}").status_code == 409
    assert api.delete(f"{V1}/emails/{email['id']}").status_code == 204
    assert api.delete(f"{V1}/media/{logo['id']}").status_code == 204


def test_addresses_of_nothing_are_no_images(api):
    gone = "/m/" + "0" * 32 + ".jpg"
    written(api, {"html": f'<img src="https://other.example{gone}" alt=""><img src="{gone}">'})
    assert not Email.images.through.objects.exists()


def test_emails_are_renewed_in_slices(api, monkeypatch):
    monkeypatch.setattr(showing, "SLICE", 2)
    logo = brought(api, "Logo")
    for number in range(3):
        written(api, {"name": f"N{number}", "html": f'<img src="{logo["url"]}" alt="">'})
    api.post(f"{V1}/media/{logo['id']}/replace", {"file": in_base64(drawn((20, 20)))})
    answers = [api.post(f"{V1}/media/{logo['id']}/renew").json() for _time in range(3)]
    assert [(each["changed"], each["left"], each["more"]) for each in answers] == [
        (2, 0, 1), (1, 0, 0), (0, 0, 0),
    ]  # fmt: skip


def test_emails_show_the_new_picture_where_one_may(api, api_bob, client, alice: User, bob: User):
    logo = brought(api, "Logo")
    body = '<p>é &nbsp;<img src="{}" alt="x"><img src="{}" alt=""></p>\r\n'
    mine = written(api, {"html": body.format(logo["url"], logo["small_url"])})
    other = written(api, {"html": body.format(logo["full_url"], "https://x.example/y.png")})
    new = {"file": in_base64(drawn((900, 9), "JPEG"))}
    after = api.post(f"{V1}/media/{logo['id']}/replace", new).json()
    assert api_bob.post(f"{V1}/media/{logo['id']}/renew").json() == {
        "changed": 0, "left": 2, "more": 0
    }  # fmt: skip
    client.force_login(bob)
    client.post(f"/media/{logo['id']}/renew")
    assert api.get(f"{V1}/emails/{mine['id']}").json()["html"] == mine["html"]
    client.force_login(alice)
    assert client.get(f"/media/{logo['id']}").context["former"] == 2
    page = client.post(f"/media/{logo['id']}/renew", follow=True)
    assert "2 emails show the new picture" in page.content.decode()
    assert page.context["former"] == 0
    changed = [api.get(f"{V1}/emails/{each['id']}").json() for each in (mine, other)]
    assert changed[0]["html"] == body.format(after["url"], after["small_url"])
    # The former one was both, the whole and the one for mails.
    assert changed[1]["html"] == body.format(after["url"], "https://x.example/y.png")
    assert changed[0]["version"] == mine["version"] + 1
    assert AuditEntry.objects.filter(kind="emails", verb="change", user=alice).count() == 2
    assert api.delete(f"{V1}/media/{logo['id']}").status_code == 409
