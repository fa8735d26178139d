"""The page of a segment: who is in it, by hand and by filter, how it grew, who uses it."""

from selectolax.lexbor import LexborHTMLParser

from accounts.models import AuditEntry
from contacts.models import Contact
from contacts.services.erase import erase
from kernel import clock
from segments.models import Segment
from segments.services import editing
from tests.segments.on_screen import french, inside, screen
from tests.settle import settle

__all__ = ["french", "screen"]


def test_people_are_added_and_removed_by_hand_and_that_is_taken_back(screen, french):
    segment, ann, bob = french
    at = f"/segments/{segment.pk}"
    assert "Up to 5,000, parted by" in screen.get(at).content.decode()
    typed = {"emails": "Bob@example.com, nobody@example.com"}
    page = screen.post(f"{at}/members", typed).content.decode()
    assert '<span class="strong">1 person added.</span> 1 address belongs to no contact' in page
    assert ">nobody@example.com</textarea>" in page
    assert inside(segment) == {ann.pk, bob.pk}
    token = page.split('name="undo" value="')[1].split('"')[0]
    screen.post("/undo", {"undo": token})
    assert inside(segment) == {ann.pk}
    trail = AuditEntry.objects.filter(kind="segments", object_id=segment.pk).latest("pk")
    assert trail.after == {"removed": [bob.pk], "undone": True}
    screen.post(f"{at}/members", {"contact": ann.pk})
    assert inside(segment) == set()
    assert "ann@example.com" in screen.get(f"{at}?by=removed").content.decode()
    screen.post(f"{at}/members", {"contact": ann.pk, "act": "add"})
    assert inside(segment) == {ann.pk}
    assert "ann@example.com" in screen.get(f"{at}?q=AN").content.decode()
    assert "ann@example.com" not in screen.get(f"{at}?q=zoe").content.decode()


def test_growth_uses_and_a_new_build(screen, french):
    segment, _ann, _bob = french
    naming = {"all": [{"segment": [segment.pk], "op": "in"}]}
    editing.create({"name": "Within", "filter": naming}, now=clock.now())
    at = f"/segments/{segment.pk}"
    growth = screen.get(f"{at}?tab=growth").content.decode()
    assert "From 0 to 1 members in 90 days" in growth
    assert "Within" in screen.get(f"{at}?tab=uses").content.decode()
    # Nothing offers what would be refused: the dialog names who needs it instead.
    asked = LexborHTMLParser(screen.get(at).content.decode()).css_first("#ask-delete")
    assert "Within" in asked.text()
    assert [button.text() for button in asked.css("button")] == ["Close"]
    refused = screen.post(f"{at}/delete", follow=True).content.decode()
    assert "Within" in refused
    assert Segment.objects.filter(pk=segment.pk).exists()
    assert screen.post(f"{at}/rebuild").status_code == 302


def test_who_was_erased_never_entered(screen, french):
    segment, ann, _bob = french
    screen.post(f"/segments/{segment.pk}/members", {"emails": "bob@example.com"})
    erase(ann.pk, clock.now())
    settle()
    growth = screen.get(f"/segments/{segment.pk}?tab=growth").content.decode()
    assert "From 0 to 1 members in 90 days" in growth


def test_who_sees_own_contacts_sees_no_others_and_who_may_nothing_no_page(
    client, french, dora, charlie
):
    segment, ann, bob = french
    Segment.objects.filter(pk=segment.pk).update(owner=dora)
    Contact.objects.filter(pk=bob.pk).update(owner=dora)
    at = f"/segments/{segment.pk}"
    client.force_login(dora)
    assert "ann@example.com" not in client.get(at).content.decode()
    client.post(f"{at}/members", {"emails": "ann@example.com bob@example.com"})
    assert inside(segment) == {ann.pk, bob.pk}
    page = client.get(at).content.decode()
    assert "bob@example.com" in page
    assert "People: 1" in page
    assert "From 0 to 1 members" in client.get(f"{at}?tab=growth").content.decode()
    client.post(f"{at}/members", {"contact": ann.pk})
    assert ann.pk in inside(segment)
    client.force_login(charlie)
    for address in ("/segments", "/segments/new", at, f"{at}/edit"):
        assert client.get(address).status_code == 403
