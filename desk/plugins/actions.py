"""Creating tasks and telling colleagues, by campaigns, triggers, bulk actions and the API."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.catalogue import whole
from contacts.services import filling
from desk.forms import MAIL, OWNER, WAYS, NotifyForm, TaskForm
from desk.models import LONGEST_TITLE
from desk.services import checking, notifying, tasks
from desk.services.notifying import Telling
from desk.services.tasks import Draft
from desk.words import TaskKind
from kernel import clock
from kernel.actions import Batch, ContactAction, Outcomes, contact_actions
from kernel.exchanging import Exchange, exchanged
from kernel.permissions import Actor, Reach
from kernel.registry import ConfigProblem
from kernel.trail import shortened


def _demand_tasks(user: Actor) -> None:
    if user.reach("tasks", "create") is Reach.NONE:
        raise ConfigProblem(
            [{"field": "", "code": "not_allowed", "message": _("This is not allowed.")}]
        )


@contact_actions.register
class CreateTask(ContactAction):
    """Gives somebody something to do for each contact, such as a call."""

    key = "tasks.create"
    label = gettext_lazy("Create a task")
    form = TaskForm
    icon = "checkbox"
    reversible = True
    pointing: ClassVar[frozenset[str] | None] = frozenset({"field"})

    @classmethod
    def exchanged(cls, config: Mapping[str, Any], exchange: Exchange) -> dict[str, Any]:
        """Leave a colleague who is not known by that name to the contact's owner."""
        if not config.get("assignee"):
            return dict(config)
        return {**config, "assignee": exchanged("user", config["assignee"], exchange) or OWNER}

    def check_reach(self, user: Actor, verb: str) -> None:
        """Refuse it to whoever may not make tasks."""
        super().check_reach(user, verb)
        _demand_tasks(user)

    def run(self, batch: Batch, now: datetime) -> Outcomes:
        """Make the tasks of the whole batch in one statement."""
        due, user = self.config.get("due"), self._assignee()
        seen = set(batch.contacts) if user is None else checking.sees(user, batch.contacts)
        draft = Draft(
            title=self.config["title"],
            kind=self.config.get("kind") or TaskKind.TODO,
            due_at=now + clock.parse_duration(due) if due else None,
            assignee=user.pk if user else None,
            to_owner=self.config.get("assignee") == OWNER,
            titles=self._titles(sorted(seen), batch),
        )
        tasks.create(sorted(seen), draft, now, depth=batch.depth, bulk=batch.bulk)
        why = _("%(name)s cannot see this contact and its tasks.") % {"name": user}
        return Outcomes(skipped=dict.fromkeys(set(batch.contacts) - seen, why))

    def describe(self) -> str:
        """Say kind and title."""
        kind = TaskKind(self.config.get("kind") or TaskKind.TODO).label
        return _("Task: %(title)s") % {"title": f"{kind}, {self.config['title']}"}

    def _titles(self, contacts: list[int], batch: Batch) -> dict[int, str]:
        """Fill the title in for each; nothing of what became sensitive since it was written."""
        title = self.config["title"]
        if not filling.tokens(title):
            return {}
        known = {} if filling.secret(title) else filling.values(contacts, [title], batch.context)
        bare = str(TaskKind(self.config.get("kind") or TaskKind.TODO).label)
        filled = {one: filling.fill(title, known.get(one, {})).strip() for one in contacts}
        return {one: shortened(text, LONGEST_TITLE) or bare for one, text in filled.items()}

    def uses(self) -> list[tuple[str, int]]:
        """Point at the fields the title tells."""
        return _named_fields(self.config["title"])

    def told_to(self, user: Actor) -> str:
        """Tell the title to those alone who see everybody's tasks."""
        sees = user.reach("tasks", "view") is Reach.ALL
        return super().told_to(user) if sees else str(self.label)

    def _assignee(self) -> Any:
        """Return the colleague who is named; who has left since then gets no more tasks."""
        number = self.config.get("assignee")
        if not number or number == OWNER:
            return None
        return get_user_model().objects.filter(pk=number, is_active=True).first()


@contact_actions.register
class Notify(ContactAction):
    """Tells the owner of each contact, or chosen colleagues, behind their bell or by email."""

    key = "users.notify"
    label = gettext_lazy("Notify colleagues")
    form = NotifyForm
    icon = "bell"
    reversible = True
    pointing: ClassVar[frozenset[str] | None] = frozenset({"field"})

    @classmethod
    def exchanged(cls, config: Mapping[str, Any], exchange: Exchange) -> dict[str, Any]:
        """Leave out colleagues who are not known by that name; the owner is told where none is."""
        return {**config, "to": exchanged("user", config.get("to", []), exchange) or [OWNER]}

    def check_reach(self, user: Actor, verb: str) -> None:
        """Refuse it to whoever may not give colleagues something to do."""
        super().check_reach(user, verb)
        _demand_tasks(user)

    def run(self, batch: Batch, now: datetime) -> Outcomes:
        """Write all notices of the batch in one statement, and all mails in another."""
        given = self.config
        told = Telling(
            title=given["title"],
            text=given.get("text", ""),
            users=[one for one in given["to"] if one != OWNER],
            owner=OWNER in given["to"],
            ways=given["ways"],
        )
        missed = notifying.notify(told, batch.contacts, batch.context, now)
        why = _("There is nobody to tell: no owner, or nobody who may see this contact.")
        wake = {notifying.MAILS} if MAIL in given["ways"] else set()
        return Outcomes(skipped=dict.fromkeys(missed, why), wake=wake)

    def describe(self) -> str:
        """Say what is told."""
        return _("Notify: %(title)s") % {"title": self.config["title"]}

    def remarks(self) -> list[str]:
        """Name the ways."""
        return [str(label) for key, label in WAYS if key in self.config["ways"]]

    def uses(self) -> list[tuple[str, int]]:
        """Point at the fields whose values are told."""
        return _named_fields(self.config["title"] + self.config.get("text", ""))


def _named_fields(text: str) -> list[tuple[str, int]]:
    # Also those whoever reads now may not see: what is used is not deleted.
    fields = whole()
    names = [path.partition(".")[2] for path in filling.tokens(text) if path[:8] == "contact."]
    specs = [fields.get(name) for name in names]
    return sorted({("field", spec.id) for spec in specs if spec and spec.id is not None})
