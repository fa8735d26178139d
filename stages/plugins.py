"""What stages offer: a permission, names, the action that moves people."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kernel import subjects
from kernel.actions import Batch, ContactAction, Outcomes, contact_actions
from kernel.permissions import PermissionKind, permission_kinds
from stages.forms import MoveForm
from stages.models import Stage
from stages.services.moving import further, leave, move, put_back, whence


@permission_kinds.register
class Stages(PermissionKind):
    """The steps people go through."""

    key = "stages"
    label = gettext_lazy("Stages")


def names(ids: list[int]) -> dict[int, str]:
    """Name stages."""
    return dict(Stage.objects.filter(pk__in=ids).values_list("pk", "name"))


subjects.declare("stage", names, rights="stages", rows=Stage.objects.all())


@contact_actions.register
class MoveToStage(ContactAction):
    """Move people to a stage."""

    key = "stages.change"
    label = gettext_lazy("Change the stage")
    form = MoveForm
    icon = "stairs-up"
    reversible = undoable = True

    def run(self, batch: Batch, now: datetime) -> Outcomes:
        """Move everybody in one statement; who has come further stays, unless settings say so.

        No stage, which no form offers, is out of all.
        """
        if self.config["stage"] is None:
            leave(batch.contacts, depth=batch.depth)
        stage = Stage.objects.filter(pk=self.config["stage"]).first()
        if stage is None:
            return Outcomes()
        staying = self._staying(batch.contacts)
        moving = [contact for contact in batch.contacts if contact not in staying]
        move(moving, stage.pk, stage.name, now, depth=batch.depth, bulk=batch.bulk)
        return Outcomes(skipped=dict.fromkeys(staying, _("Has come further already")))

    def _staying(self, contacts: Sequence[int]) -> set[int]:
        if self.config.get("backwards"):
            return set()
        return further(contacts, self.config["stage"])

    def before(self, contacts: Sequence[int]) -> Any:
        """Keep from which stage each comes who is moved."""
        staying = self._staying(contacts)
        moving = [contact for contact in contacts if contact not in staying]
        return whence(moving, self.config["stage"])

    def concerned(self, kept: Any) -> set[int]:
        """Return who came from elsewhere."""
        return {contact for people in kept.values() for contact in people}

    def take_back(self, kept: Any, contacts: Collection[int], now: datetime) -> set[int]:
        """Move everybody who is still there back to where they were."""
        return put_back(kept, self.config["stage"], contacts, now)

    def describe(self) -> str:
        """Name the stage."""
        words = (
            _("Change the stage to “%(name)s”, also back to it")
            if self.config.get("backwards")
            else _("Change the stage to “%(name)s”")
        )
        return words % {"name": self._name()}

    def done(self, count: int, shown: str) -> str:
        """Say where they are now."""
        words = ngettext(
            "%(count)s contact moved to “%(stage)s”",
            "%(count)s contacts moved to “%(stage)s”",
            count,
        )
        return words % {"count": shown, "stage": self._name()}

    def _name(self) -> str:
        number = self.config["stage"]
        return subjects.names("stage", [number]).get(number, "?")

    def uses(self) -> list[tuple[str, int]]:
        """Name the stage."""
        return [("stage", self.config["stage"])]
