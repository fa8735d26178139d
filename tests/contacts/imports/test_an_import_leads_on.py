"""An import that has ended leads on; what is said of it is true when it is read."""

import pytest
from django.test import Client

from accounts.models import User
from contacts.models import Contact, ContactTag, Field
from kernel import clock
from tests.contacts.imports.steps import begun, draft, pick
from tests.settle import settle

pytestmark = pytest.mark.django_db
FILE = "Email,City\nana@x.example,Lyon\nbo@x.example,Pau\nno address,Nice\n"
ON = ("See these people", "Make a segment of them", "See the refused rows", "Import another file")


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def test_it_leads_to_its_people_and_to_the_next_one(screen: Client, bob: User):
    at = begun(screen, FILE)
    assert screen.post(f"{at}/start")["Location"] == at
    running = screen.get(at).content.decode()
    assert "you may close this page" in running
    assert not [words for words in ON if words in running]
    settle()
    done = screen.get(at)
    page = done.content.decode()
    assert [words for words in ON if words in page] == list(ON)
    assert "has begun" not in page
    assert "you may close this page" not in page
    # Three rows are two people and one that is nobody's: that figure leads to no list of people.
    leads = {each["label"]: bool(each["url"]) for each in done.context["figures"]}
    assert (leads["Rows read"], leads["New people"]) == (False, True)
    people, segment = done.context["following"]["contacts"], done.context["following"]["segment"]
    assert screen.get(people).context["total"] == 2
    form = screen.get(segment)
    assert f"[{draft(at).pk}]" in form.context["form"].initial["tree"]
    made = {
        "name": "Of the file",
        "members_by": "dynamic",
        "tree": form.context["form"].initial["tree"],
    }
    assert screen.post("/segments/new", made).status_code == 302
    # Who may only look is not led where they may not go.
    screen.force_login(bob)
    seen = screen.get(at).content.decode()
    assert "See these people" in seen
    assert "Make a segment of them" not in seen
    assert "Import another file" not in seen


def test_undoing_what_holds_everybody_says_so(screen: Client):
    at = begun(screen, FILE)
    screen.post(f"{at}/start")
    settle()
    Contact.objects.update(updated_at=clock.now())
    asked = screen.get(f"{at}/undo").content.decode()
    assert "Nobody would be forgotten" in asked
    assert "0 people" not in asked
    assert "Undo the import" not in asked


TABLE = (
    "Email,Country,City,A,B,C,D,Since\nana@x.example,FR,Lyon,,,,,25/12/2025\n"
    "no,Erewhon,Pau,1,2,3,4,01/02/2026\nbo,FR,Nice,,,,,"
)


def ended(screen: Client, at: str) -> str:
    screen.post(f"{at}/start")
    settle()
    return screen.get(at).content.decode()


def test_what_is_wrong_stands_first_in_the_words_of_the_reader(screen: Client):
    at = begun(screen, TABLE)
    User.objects.update(language="fr")
    page = ended(screen, at)
    assert "E-mail\u202f: " in page
    assert "Pays\u202f: Aucun pays" in page
    marked = '<mark title="Email">no</mark> · <mark title="Country">Erewhon</mark> · Pau · 1 · 2'
    assert marked in page


def test_mended_rows_come_in_as_the_others_did(screen: Client, alice: User):
    at = begun(screen, TABLE)
    pick(screen, at, "Since", "+")
    rules = {"match": "email", "mode": "fill", "tags": "music shop", "owner": str(alice.pk)}
    # What is typed is kept before it is sent.
    assert screen.post(f"{at}/rules", {**rules, "keep": "yes"}).status_code == 204
    assert screen.get(f"{at}/rules").context["form"].initial["tags"] == "music shop"
    assert screen.post(f"{at}/rules", {**rules, "match": "nothing", "keep": "yes"}).content == b""
    ended(screen, at)
    mended = screen.get(f"{at}/rejects.csv").getvalue().decode()
    again = begun(screen, mended.replace("no,Erewhon", "cy@x.example,FR"), "mended.csv")
    assert draft(again).mends == draft(at).pk
    check = screen.get(f"{again}/check").content.decode()
    assert "music shop" in check
    assert "These are rows that the import of “people.csv” refused" in check
    # What is refused once more does not carry the first line and reason along.
    assert '<mark title="Email">bo</mark> · FR · Nice</td>' in ended(screen, again)
    cy = Contact.objects.get(email="cy@x.example")
    assert (cy.owner, cy.attrs["since"]) == (alice, "2026-02-01")
    assert ContactTag.objects.filter(contact=cy, tag__name="music shop").exists()
    third = screen.get(f"{again}/rejects.csv").getvalue().decode()
    assert third.splitlines()[0] == mended.splitlines()[0]
    last = draft(begun(screen, third.replace("bo,", "bo@x.example,")))
    assert (last.mends, last.options["tags"]) == (draft(again).pk, ["music shop"])
    # A field that is gone takes its own column along, no other.
    Field.objects.get(alias="since").delete()
    last = draft(begun(screen, third.replace("bo,", "bo@x.example,")))
    assert (last.options["mapping"]["Email"], "Since" in last.options["mapping"]) == (
        "email",
        False,
    )


def test_an_import_of_nobody_leads_to_the_next_file_alone(screen: Client):
    at = begun(screen, "Email\nnobody\n")
    screen.post(f"{at}/start")
    settle()
    assert set(screen.get(at).context["following"]) == {"another"}


def test_all_drafts_are_listed_each_with_its_end(screen: Client):
    ids = [draft(begun(screen, FILE)).pk for _number in range(7)]
    page = screen.get("/imports/new").content.decode()
    for pk in ids:
        assert f'href="/imports/{pk}/columns"' in page
        assert f'action="/imports/{pk}/forget"' in page


def test_a_file_is_chosen_in_the_words_of_the_product(screen: Client, alice: User):
    english = screen.get("/imports/new").content.decode()
    assert '<label class="btn btn-primary" for="file">' in english
    assert "Choose a file" in english
    User.objects.update(language="fr")
    french = screen.get("/imports/new").content.decode()
    assert "Choisir un fichier" in french
