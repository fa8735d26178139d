"""For the permission matrix: people of each right, and one of everything that is theirs."""

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from accounts.models import AuditEntry, BuiltIn, Role, Token, User
from contacts.models import (
    Company,
    Contact,
    ContactState,
    Export,
    Field,
    Import,
    Suppression,
    Tag,
    Topic,
)
from contacts.services import bulk_actions
from desk.models import Note, Task
from emails.models import (
    CapturedMail,
    Delivery,
    Email,
    MailSource,
    ReturnedMail,
    Send,
    SigningDomain,
)
from forms.models import Form, Submission
from forms.services import definition, publishing
from integrations.models import Connection
from kernel import clock
from kernel.models import Folder, Job
from kernel.permissions import permission_kinds
from media.services import library
from notices.models import Notice
from points.models import PointGroup, PointRule, PointTrigger
from segments.models import Segment
from sms.models import Text, TextDelivery, TextRun
from stages.models import Stage
from tests.cast import make_user
from tests.journey import graph, node, run
from tests.media.drawing import drawn

OWN_ALL = dict.fromkeys(("view", "edit", "delete", "publish"), "own")
MAY = {"create": "all", "export": "all"}


def rights(name: str) -> dict[str, dict[str, str]]:
    """Return the matrix of a persona."""
    owned = [kind.key for kind in permission_kinds if kind.owned]
    return {
        "nothing": {},
        "view own": {kind: {"view": "own"} for kind in owned},
        "view all": {"*": {"view": "all"}, "administration": {"view": "all"}},
        "edit own": dict.fromkeys(owned, OWN_ALL | MAY),
        "edit own, view all": {kind: {**OWN_ALL, **MAY, "view": "all"} for kind in owned},
        "edit all": {"*": {"*": "all"}},
    }[name]


def persona(name: str) -> User:
    """Make a user of these rights."""
    if name == "administrator":
        role = Role.objects.get(built_in=BuiltIn.ADMINISTRATOR)
    else:
        role = Role.objects.create(name=name, rights=rights(name))
    return make_user(name.replace(" ", "-").replace(",", ""), role)


def _form(world: "World") -> Form:
    content = {"fields": [{"id": "e", "kind": "email", "name": "email", "label": "Email"}]}
    made = Form.objects.create(
        name=world.name(),
        alias=f"form-{world.owner.pk}",
        content=definition.cleaned(content),
        owner=world.owner,
    )
    publishing.publish(made, None, clock.now())
    # Addresses below a form have a second number: its answer has the same.
    made.actions = [{"id": 1, "key": "tags.change", "config": {"add": ["a"], "remove": []}}]
    made.save()
    more = {"version": made.shown, "token": world.name(), "sent_at": clock.now()}
    Submission.objects.create(pk=made.pk, form=made, contact_id=world.id_of("contacts"), **more)
    return made


def _answer(world: "World") -> Submission:
    return Submission.objects.get(pk=world.id_of("forms"))


class World:
    """One of everything that belongs to a user; made when first asked for."""

    def __init__(self, owner: User, maker: APIClient) -> None:
        self.owner, self.maker = owner, maker
        self._made: dict[str, int] = {}

    def id_of(self, prefix: str) -> int:
        """Return the id to put into an address; `KeyError` where the matrix lacks a kind."""
        if prefix not in self._made:
            made = MAKERS[prefix](self)
            self._made[prefix] = made if isinstance(made, int) else made.pk
        return self._made[prefix]

    def name(self) -> str:
        return f"of {self.owner.first_name}"


def _contact(world: World) -> Contact:
    contact = Contact.objects.create(email=f"{world.owner.pk}@c.example", owner=world.owner)
    ContactState.objects.create(contact=contact)
    return contact


def _email(world: World) -> Email:
    body = {"name": world.name(), "type": "template", "subject": "Hi", "html": "<p>Hi</p>"}
    answer = world.maker.post("/api/v1/emails", {**body, "from_address": "a@x.example"})
    Email.objects.filter(pk=answer.json()["id"]).update(owner=world.owner)
    return Email.objects.get(pk=answer.json()["id"])


def _campaign(world: World) -> int:
    from campaigns.models import Campaign

    made = int(run(world.maker, graph([node("a", "wait", **{"for": "1d"})], "start>a")))
    Campaign.objects.filter(pk=made).update(owner=world.owner)
    return made


def _import(world: World, state: str = "queued") -> Import:
    plan = {
        "fields": {},
        "dialect": {},
        "conventions": {},
        "columns": [],
        "only_own": False,
        "owner": None,
    }
    about = {"name": "a.csv", "file": "gone.csv", "plan": plan, "state": state}
    return Import.objects.create(**about, owner=world.owner)


def _draft(world: World) -> int:
    file = SimpleUploadedFile("people.csv", b"Email,City\nanna@example.com,Lyon\n")
    answer = world.maker.post("/api/v1/imports/drafts", {"file": file}, format="multipart")
    Import.objects.filter(pk=answer.json()["id"]).update(owner=world.owner)
    return int(answer.json()["id"])


def _send(world: World) -> Send:
    email = Email.objects.get(pk=world.id_of("emails"))
    return Send.objects.create(email=email, at=clock.now(), state="paused", owner=world.owner)


def _delivery(world: World) -> int:
    body = {"contact": world.id_of("contacts")}
    answer = world.maker.post(f"/api/v1/emails/{world.id_of('emails')}/send", body)
    return int(Delivery.objects.get(pk=answer.json()["id"]).pk)


def _text(world: World) -> Text:
    body = {"name": world.name(), "type": "template", "body": "Hi"}
    answer = world.maker.post("/api/v1/sms", body)
    Text.objects.filter(pk=answer.json()["id"]).update(owner=world.owner)
    return Text.objects.get(pk=answer.json()["id"])


def _text_run(world: World) -> TextRun:
    text = Text.objects.get(pk=world.id_of("sms"))
    return TextRun.objects.create(sms=text, at=clock.now(), state="paused", owner=world.owner)


def _text_delivery(world: World) -> int:
    body = {"contact": world.id_of("contacts")}
    answer = world.maker.post(f"/api/v1/sms/{world.id_of('sms')}/send", body)
    return int(TextDelivery.objects.get(pk=answer.json()["id"]).pk)


def _now(**values: Any) -> dict[str, Any]:
    return {"created_at": clock.now(), "updated_at": clock.now(), **values}


def _mail(world: World) -> CapturedMail:
    return CapturedMail.objects.create(
        delivery_id=world.id_of("deliveries"),
        sender="a@x.example",
        recipients="b@x.example",
        subject="Hi",
        raw=b"Subject: Hi\r\n\r\nHi",
    )


def _point_group(world: World) -> PointGroup:
    return PointGroup.objects.create(name=world.name(), owner=world.owner)


def _point_rule(world: World) -> PointRule:
    return PointRule.objects.create(
        name=world.name(), event="emails.opened", delta=1, owner=world.owner
    )


def _point_trigger(world: World) -> PointTrigger:
    actions = [{"id": 1, "key": "points.adjust", "config": {"delta": 1}}]
    return PointTrigger.objects.create(
        name=world.name(), threshold=10, actions=actions, owner=world.owner
    )


def _connection(world: World) -> Connection:
    # Refused before anything is called.
    settings = {"base_url": "http://127.0.0.1:9", "create_path": "c", "update_path": "c/{id}"}
    return Connection.objects.create(
        name=world.name(),
        connector="integrations.rest",
        settings={**settings, "create_id": "id"},
        mapping=[{"remote": "mail", "source": "contact.email", "text": "", "empty": "leave"}],
        owner=world.owner,
    )


MAKERS: dict[str, Callable[[World], Any]] = {
    "contacts": _contact,
    "companies": lambda w: Company.objects.create(name=w.name(), owner=w.owner),
    "segments": lambda w: Segment.objects.create(**_now(name=w.name(), owner=w.owner)),
    "emails": _email,
    "campaigns": _campaign,
    "exports": lambda w: Export.objects.create(source="contacts.contacts", owner=w.owner),
    "notices": lambda w: Notice.objects.create(user=w.owner, key="x.y", title=w.name()),
    "imports": _import,
    "imports/drafts": _draft,
    "sends": _send,
    "deliveries": _delivery,
    "sms": _text,
    "sms-sends": _text_run,
    "sms-deliveries": _text_delivery,
    "jobs": lambda w: Job.objects.create(kind="x", due_at=clock.now(), user=w.owner),
    "work": lambda w: Job.objects.create(
        kind=bulk_actions.KIND, args={"total": 1}, due_at=clock.now(), user=w.owner
    ),
    "tokens": lambda w: Token.issue(w.owner, "other", now=clock.now())[0],
    "users": lambda w: make_user(f"Guest{w.owner.pk}", Role.objects.get(built_in="viewer")),
    "roles": lambda w: Role.objects.create(name=f"Role {w.name()}"),
    "fields": lambda w: Field.objects.create(alias=f"f{w.owner.pk}", label="F", type="text"),
    "tags": lambda w: Tag.objects.create(name=w.name()),
    "topics": lambda w: Topic.objects.create(name=w.name()),
    "suppressions": lambda w: Suppression.objects.create(
        channel="email", value=f"{w.owner.pk}@s.example", since=clock.now()
    ),
    "signing-domains": lambda w: SigningDomain.objects.create(domain=f"d{w.owner.pk}.example"),
    "mail-sources": lambda w: MailSource.objects.create(name=w.name(), way="webhook"),
    **dict.fromkeys(
        ("returned-mail", "returned_mail"),
        lambda w: ReturnedMail.objects.get_or_create(
            digest=w.name(), defaults={"state": "held", "why": "unknown"}
        )[0],
    ),
    "categories": lambda w: Folder.objects.create(sort="category", name=w.name()),
    "labels": lambda w: Folder.objects.create(sort="label", name=w.name()),
    **dict.fromkeys(("point-groups", "point_groups"), _point_group),
    **dict.fromkeys(("point-rules", "point_rules"), _point_rule),
    **dict.fromkeys(("point-triggers", "point_triggers"), _point_trigger),
    "connections": _connection,
    "media": lambda w: library.add(
        library.prepared(drawn()), {"name": w.name()}, w.owner, clock.now()
    ),
    "stages": lambda w: Stage.objects.create(name=w.name(), owner=w.owner),
    "notes": lambda w: Note.objects.create(contact_id=w.id_of("contacts"), text=w.name()),
    "tasks": lambda w: Task.objects.create(contact_id=w.id_of("contacts"), title=w.name()),
    "forms": lambda w: _form(w),
    **dict.fromkeys(("answers", "form-submissions"), lambda w: _answer(w)),
    "mails": _mail,
    "audit": lambda w: AuditEntry.objects.create(kind="x", verb="y"),
}
