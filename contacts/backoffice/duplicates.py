"""Duplicates on screen: by what they are looked for, group by group, and all at once by a job."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from backoffice import toasts
from backoffice.menu import Place
from backoffice.screens import Screen, leave_trail
from contacts.backoffice import cells
from contacts.backoffice.merging import address
from contacts.backoffice.working import OPEN
from contacts.services import duplicates, merging_duplicates
from contacts.services.merging import MOST
from contacts.services.reading import flat
from kernel import clock
from kernel.filters.questions import within_time
from kernel.ids import read_id
from kernel.jobs import said
from kernel.models import Job
from kernel.queues import hint_on_commit
from kernel.trail import Deed

PAGE = 20
# Pairs a job put aside that are led to.
MOST_NAMED = 10
KEEPS = (
    ("oldest", _lazy("the oldest stays")),
    ("newest", _lazy("the newest stays")),
    ("most_active", _lazy("the last one active stays")),
)

PLACE = Place(
    _lazy("Duplicates"),
    "contacts-duplicates",
    "copy",
    245,
    "contacts",
    under="contacts",
    verb="delete",
)


class TooSlow(Exception):  # noqa: N818 - an answer
    """There are too many contacts to look through while somebody waits."""


class Duplicates(Screen):
    """Groups of contacts that share a value."""

    verb = "delete"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show a page of groups, and what the last job found."""
        if request.headers.get("HX-Target") == "duplicates-job":
            return self._job_alone(request)
        ways = duplicates.ways()
        by, after = request.GET.get("by", "email"), request.GET.get("after", "")
        if by not in ways or (after and not duplicates.is_place(after)):
            raise Http404
        found, following, slow = list[duplicates.Group](), None, False
        try:
            with within_time(TooSlow):
                found, following = duplicates.groups(by, self.user, after, PAGE)
        except TooSlow:
            slow = True
        context = self.context(
            ways=ways.items(),
            by=by,
            groups=_told(found, by),
            following=following,
            slow=slow,
            keeps=KEEPS,
            job=self._latest(),
            **_sum(found, whole=not (slow or following or after)),
        )
        return render(request, "contacts/duplicates.html", context)

    @transaction.atomic
    def post(self, request: HttpRequest) -> HttpResponse:
        """Tell a group apart, or have all of them merged or counted."""
        by, act = request.POST.get("by", ""), request.POST.get("act", "")
        if by not in duplicates.ways():
            raise Http404
        if act == "apart":
            self._tell_apart()
        elif act in {"merge", "count"}:
            self._start(by, act)
        return HttpResponseRedirect(f"{reverse('contacts-duplicates')}?by={by}")

    def _start(self, by: str, act: str) -> None:
        keep, dry = self.request.POST.get("keep", ""), act == "count"
        keep = keep if keep in merging_duplicates.KEEPS else "oldest"
        try:
            job = merging_duplicates.start(by, keep, dry=dry, user_id=self.user.pk)
        except merging_duplicates.UnderWay as answer:
            toasts.tell(self.request, str(answer))
            return
        hint_on_commit("kernel.jobs")
        told = {"by": by, "keep": keep, "job": job.pk}
        leave_trail(self.request, Deed("contacts", f"{act} duplicates", after=told))
        toasts.tell(
            self.request,
            _("Duplicates are being counted.") if dry else _("Duplicates are being merged."),
        )

    def _job_alone(self, request: HttpRequest) -> HttpResponse:
        """Show how far the job is; once it is over, the groups are others, too."""
        job = self._latest()
        if job is None or not job["open"]:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "contacts/duplicatesjob.html", {"job": job})

    def _tell_apart(self) -> None:
        sent = self.request.POST.get("ids", "").split(",")
        ids = [number for part in sent if (number := read_id(part))]
        ids = list(dict.fromkeys(ids))
        if len(ids) > duplicates.MOST_APART:
            most = {"most": duplicates.MOST_APART}
            toasts.tell(self.request, _("At most %(most)s contacts are told apart at once.") % most)
            return
        rows = self.resource.rows(self.user, "edit").filter(pk__in=ids)
        mine = list(rows.values_list("pk", flat=True))
        duplicates.tell_apart(mine, clock.now())
        told = {"contacts": [str(contact) for contact in mine]}
        leave_trail(self.request, Deed("contacts", "tell apart", after=told))
        toasts.tell(self.request, _("Kept apart: they are not shown here again."))

    def _latest(self) -> dict[str, Any] | None:
        mine = Job.objects.filter(kind=merging_duplicates.KIND, user_id=self.user.pk)
        row = mine.order_by("-pk").first()
        if row is None:
            return None
        numbers = {name: row.progress.get(name, 0) for name in ("groups", "contacts")}
        aside = row.progress.get("aside", [])
        return {
            "row": row,
            "open": row.state in OPEN,
            "dry": row.args["dry"],
            "error": said(row.error),
            "aside": len(aside),
            "pairs": [address([each["winner"], each["loser"]]) for each in aside[:MOST_NAMED]],
            # How many "merge all" is about, as far as somebody counted it lately.
            "by": row.args["by"],
            "counted": row.args["dry"] and row.state == Job.State.DONE,
            **numbers,
        }


def _sum(groups: Sequence[duplicates.Group], *, whole: bool) -> dict[str, int]:
    """Say how many groups there are and how many contacts too many, where a page shows them all."""
    fewer = sum(len(group.contacts) - 1 for group in groups)
    return {"only": len(groups), "fewer": fewer} if whole else {}


def _told(groups: Sequence[duplicates.Group], by: str) -> list[dict[str, Any]]:
    """Say who is in the groups of a page, and what they share; all of them are read at once."""
    shared = {"email": "", duplicates.NAME: "company"}.get(by, by)
    shown = [contact for group in groups for contact in group.contacts[:MOST]]
    people = {
        int(one["id"]): {
            "id": int(one["id"]),
            "name": cells.name_of(one),
            # Whoever has no name is called by the address.
            "email": "" if cells.name_of(one) == one["email"] else one["email"] or "",
            "shared": str(one.get(shared) or ""),
        }
        for one in flat(shown)
    }
    return [_line(group, people) for group in groups]


def _line(group: duplicates.Group, people: Mapping[int, dict[str, Any]]) -> dict[str, Any]:
    shown, ids = list(group.contacts[:MOST]), group.contacts
    known = [people[contact] for contact in shown if contact in people]
    return {
        "people": known,
        "shared": known[0]["shared"] if known else "",
        "more": len(ids) - len(shown),
        "ids": ",".join(map(str, ids)) if len(ids) <= duplicates.MOST_APART else "",
        "url": address(shown),
    }
