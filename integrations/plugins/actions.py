"""The action of connections: bring contacts to another system."""

from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from integrations.forms import PushForm
from integrations.models import Connection
from integrations.services import asking, connecting
from kernel import subjects
from kernel.actions import Batch, ContactAction, Outcomes, contact_actions
from kernel.permissions import Actor
from kernel.registry import ConfigProblem
from kernel.rehearsals import Rehearsal

OFF = gettext_lazy("the connection is switched off")
GONE = gettext_lazy("the connection is gone")
WAITS = gettext_lazy("it waits for somebody to look whether they were made there already")


@contact_actions.register
class PushToSystem(ContactAction):
    """Push contacts to another system; they go on at once, and the log tells what came of it."""

    key = "integrations.push"
    label = gettext_lazy("Push to a system")
    form = PushForm
    icon = "plug"
    pointing: ClassVar[frozenset[str] | None] = frozenset({"connection"})

    def check_reach(self, user: Actor, verb: str) -> None:
        """Refuse it to whoever may not hand out contacts: this leaves the workspace."""
        super().check_reach(user, verb)
        if not connecting.may_push(user):
            words = str(connecting.EXPORTING)
            raise ConfigProblem([{"field": "", "code": "not_allowed", "message": words}])

    def run(self, batch: Batch, now: datetime) -> Outcomes:
        """Write one open push a contact; whoever waits for one already is counted there."""
        if why := self._hindrance():
            return Outcomes(skipped=dict.fromkeys(batch.contacts, why))
        waiting = asking.ask(self.config["connection"], batch.contacts, batch.causes, now)
        return Outcomes(skipped=dict.fromkeys(waiting, str(WAITS)), wake={asking.QUEUE})

    def rehearse(self, batch: Batch, now: datetime) -> Rehearsal:
        """Say what would hold it back."""
        if why := self._hindrance():
            return Rehearsal(skipped=dict.fromkeys(batch.contacts, why))
        return Rehearsal()

    def _hindrance(self) -> str:
        active = Connection.objects.filter(pk=self.config["connection"]).values_list("active")
        row = active.first()
        if row is None:
            return str(GONE)
        return "" if row[0] else str(OFF)

    def describe(self) -> str:
        """Name the connection."""
        return _("Push to %(name)s") % {
            "name": subjects.quoted("connection", [self.config["connection"]])
        }

    def uses(self) -> list[tuple[str, int]]:
        """Point at the connection."""
        return [("connection", self.config["connection"])]

    def done(self, count: int, shown: str) -> str:
        """Say that they are on their way."""
        words = ngettext(
            "%(count)s contact is being pushed to %(name)s",
            "%(count)s contacts are being pushed to %(name)s",
            count,
        )
        name = subjects.quoted("connection", [self.config["connection"]])
        return words % {"count": shown, "name": name}

    @classmethod
    def hindrances(cls, configs: Any) -> list[list[str]]:
        """Say which connections are switched off."""
        wanted = {one for config in configs if isinstance(one := config.get("connection"), int)}
        rows = Connection.objects.filter(pk__in=wanted, active=False)
        off = set(rows.values_list("pk", flat=True))
        return [[str(OFF)] if config.get("connection") in off else [] for config in configs]
