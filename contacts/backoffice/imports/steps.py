"""What the steps of a new import share: the draft, and who goes on with it."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.columns import number
from backoffice.screens import Screen
from contacts.models import Import
from contacts.services.imports.drafts import drafts_of
from contacts.services.imports.objects import COMPANY, CONTACT, KINDS, Kind, of
from contacts.services.imports.plan import SAMPLE
from contacts.services.imports.start import Starter
from kernel.permissions import Reach
from kernel.registry import Problem


class Step(Screen):
    """One step; a draft is its owner's alone."""

    verb = "create"
    at = ""

    def draft(self, pk: int, *, lock: bool = False) -> Import:
        """Fetch the draft of the address."""
        rows = drafts_of(self.user.pk).filter(pk=pk)
        found = (rows.select_for_update(of=("self",)) if lock else rows).first()
        if found is None:
            raise Http404
        return found

    def starter(self, kind: Kind = KINDS[CONTACT]) -> Starter:
        """Return who prepares; the rights that the settings need are asked for at the start."""
        own = self.user.reach(kind.rights, "edit") is Reach.OWN
        return Starter(self.user.pk, only_own=own, caller=self.user)

    def shown(self, row: Import, looked: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        """Return what every step shows: which it is, the facts of the file."""
        return self.context(
            row=row,
            look=looked,
            whole=rows_of(looked)[1],
            steps=self._steps(row),
            told=rows_in_words(looked),
            companies=of(row).key == COMPANY,
            mended=self.resource.rows(self.user).filter(pk=row.mends).first(),
            **more,
        )

    def _steps(self, row: Import) -> list[dict[str, Any]]:
        names = ["columns-step", "rules", "check"]
        labels = [_("Columns"), _("Rules"), _("Check")]
        here = names.index(self.at)
        return [
            {
                "label": label,
                "url": self.resource.url(name, row.pk),
                "here": place == here,
                "passed": place < here,
                "number": place + 2,
            }
            for place, (name, label) in enumerate(zip(names, labels, strict=True))
        ]


def rows_of(looked: Mapping[str, Any]) -> tuple[int, bool]:
    """Return how many rows the file has, and whether that is exact; 0 is unknown."""
    if looked["looked_at"] < SAMPLE:
        return looked["looked_at"], True
    return max(looked["expected"] - bool(looked["file"]["header"]), 0), False


def rows_in_words(looked: Mapping[str, Any]) -> str:
    """Say how many rows there are."""
    count, exact = rows_of(looked)
    if not count and not exact:
        return _("more than %(count)s rows") % {"count": number(SAMPLE)}
    words = (
        ngettext("%(count)s row", "%(count)s rows", count) if exact else _("up to %(count)s rows")
    )
    return words % {"count": number(count)}


def messages(problems: list[Problem]) -> list[str]:
    """Return what problems say, each once."""
    return list(dict.fromkeys(problem["message"] for problem in problems))
