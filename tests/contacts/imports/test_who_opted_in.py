"""The opt-in and bounce columns: no is always obeyed, yes within limits, a complaint is final."""

import pytest
from rest_framework.test import APIClient

from accounts.models import Role
from contacts.models import Consent, ConsentRecord, Contact, DoNotContact
from contacts.services import consent
from contacts.services.upsert import upsert
from kernel import clock
from tests.cast import client_of, make_user
from tests.contacts.imports.sending import counts, post, take

pytestmark = pytest.mark.django_db
NAMES = ("ana", "bo", "cy", "di")


def file(*answers: str, column: str = "Newsletter") -> str:
    rows = [f"{name}@x.example,{answer}" for name, answer in zip(NAMES, answers, strict=False)]
    return "\n".join([f"email,{column}", *rows]) + "\n"


def opt_in(api: APIClient, *answers: str, **more) -> dict:
    return take(api, file(*answers), opt_in={"column": "Newsletter", **more})


def closed() -> dict[str, str]:
    rows = DoNotContact.objects.filter(channel="email").values_list("contact__email", "reason")
    found: dict[str, str] = {}
    for email, reason in rows.order_by("reason"):
        name = email.split("@")[0]
        found[name] = f"{found[name]}+{reason}" if name in found else reason
    return found


def consents() -> dict[str, str]:
    rows = Consent.objects.filter(purpose="email_marketing")
    return {
        email.split("@")[0]: state for email, state in rows.values_list("contact__email", "state")
    }


def close(name: str, reason: str) -> None:
    ids = upsert([{"email": f"{name}@x.example"}], now=clock.now()).ids
    consent.close([pk for pk in ids if pk], "email", reason, "", clock.now())


@pytest.mark.parametrize("no", ["no", "0", "Non", "FALSE", "n", "off", "désabonné", "Opt-out"])
def test_who_says_no_is_closed_from_the_first_moment(api: APIClient, no: str):
    opt_in(api, no, "yes")
    assert closed() == {"ana": "unsubscribed"}
    assert consents() == {"ana": "refused", "bo": "granted"}


def test_a_blank_cell_means_what_was_chosen(api: APIClient):
    opt_in(api, "", "yes", empty="unchanged")
    assert closed() == {}
    opt_in(api, "", "yes", empty="opted_out")
    assert (closed(), consents()) == ({"ana": "unsubscribed"}, {"ana": "refused", "bo": "granted"})


def test_an_answer_nobody_understands_costs_the_row(api: APIClient):
    assert counts(opt_in(api, "perhaps", "yes")) == (2, 1, 0, 0, 1)
    assert not Contact.objects.filter(email="ana@x.example").exists()


def test_yes_does_not_lift_an_unsubscribe(api: APIClient):
    close("ana", "unsubscribed")
    opt_in(api, "yes")
    assert (closed(), consents()) == ({"ana": "unsubscribed"}, {})


def test_yes_lifts_an_unsubscribe_when_they_asked_again_and_nothing_else(api: APIClient):
    reasons = ("unsubscribed", "complaint", "hard_bounce", "manual")
    for name, reason in zip(NAMES, reasons, strict=True):
        close(name, reason)
    opt_in(api, "yes", "yes", "yes", "yes", asked_again=True, reason="Fair of May 2026")
    assert closed() == {"bo": "complaint", "cy": "hard_bounce", "di": "manual"}
    assert consents() == {"ana": "granted", "cy": "granted"}
    proof = ConsentRecord.objects.get(contact_id=Contact.objects.get(email="ana@x.example").pk)
    assert proof.source.startswith("import:")
    assert proof.text == "Column Newsletter of people.csv: Fair of May 2026"


def test_asking_again_needs_its_own_right(api: APIClient):
    rights = {kind: {"*": "all"} for kind in ("imports", "contacts", "segments")}
    eve = client_of(make_user("Eve", Role.objects.create(name="Importer", rights=rights)))
    asked = {"column": "Newsletter", "asked_again": True, "reason": "Fair"}
    assert post(eve, file("yes"), opt_in=asked).status_code == 403
    assert post(eve, file("yes"), opt_in={"column": "Newsletter"}).status_code == 201


def test_no_wins_over_yes_in_the_same_file_unless_they_asked_again(api: APIClient):
    rows = "email,Newsletter\nana@x.example,no\nana@x.example,yes\n"
    take(api, rows, opt_in={"column": "Newsletter"})
    assert closed() == {"ana": "unsubscribed"}
    take(api, rows, opt_in={"column": "Newsletter", "asked_again": True, "reason": "Fair"})
    assert closed() == {}


def test_no_says_less_than_a_complaint_and_stands_beside_a_bounce(api: APIClient):
    for name, reason in zip(NAMES, ("complaint", "hard_bounce", "soft_bounce"), strict=False):
        close(name, reason)
    opt_in(api, "no", "no", "no")
    assert closed() == {
        "ana": "complaint",
        "bo": "hard_bounce+unsubscribed",
        "cy": "soft_bounce+unsubscribed",
    }


def test_the_same_file_again_adds_no_proof(api: APIClient):
    opt_in(api, "no", "yes")
    opt_in(api, "no", "yes")
    assert ConsentRecord.objects.count() == 2


def test_the_bounce_column_closes_and_opens_for_addresses_alone(api: APIClient):
    bounce = {"bounce": {"column": "State"}}
    close("cy", "unsubscribed")
    take(api, file("hard", "soft", "hard", "valid", column="State"), **bounce)
    assert closed() == {
        "ana": "hard_bounce",
        "bo": "soft_bounce",
        "cy": "hard_bounce+unsubscribed",
    }
    take(api, file("valid", "hard", "valid", "", column="State"), **bounce)
    assert closed() == {"bo": "hard_bounce", "cy": "unsubscribed"}


@pytest.mark.parametrize("reason", ["unsubscribed", "complaint", "manual"])
def test_a_bounce_is_noted_beside_any_other_reason(api: APIClient, reason: str):
    close("ana", reason)
    take(api, file("hard", column="State"), bounce={"column": "State"})
    assert closed() == {"ana": "+".join(sorted(["hard_bounce", reason]))}


def test_an_answer_and_a_bounce_of_one_row_both_hold(api: APIClient):
    rows = "email,State,Mail\nana@x.example,hard,no\nbo@x.example,soft,no\n"
    take(api, rows, bounce={"column": "State"}, opt_in={"column": "Mail"})
    assert closed() == {"ana": "hard_bounce+unsubscribed", "bo": "soft_bounce+unsubscribed"}
    again = "email,Mail\nana@x.example,yes\n"
    take(api, again, opt_in={"column": "Mail", "asked_again": True, "reason": "Fair"})
    assert closed()["ana"] == "hard_bounce"
