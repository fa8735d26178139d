"""The page of one thing, its form, its end."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from api import sittings
from api.sittings import Sitting
from backoffice import attachments, deeds, parting, toasts
from backoffice.differing import reading
from backoffice.neighbours import came_from
from backoffice.overtaking import LOOKED_THROUGH, latest, met
from backoffice.screens import Screen, leave_trail
from backoffice.unclipped import unclipped
from kernel import clock, filing, usage
from kernel.registry import ConfigProblem
from kernel.trail import Deed

HISTORY = 100
NOTHING: Mapping[str, Any] = {}


class Item(Screen):
    """Tabs: what it is, what apps attach, who uses it, what happened to it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the tab of the address, the first without one."""
        try:
            row = self.item(pk)
        except Http404:
            successor = self.resource.became(pk)
            if successor is None or not self.resource.rows(self.user).filter(pk=successor).exists():
                raise
            if request.method == "GET":
                toasts.tell(request, _("Merged meanwhile: this is the one that stayed."))
            return HttpResponseRedirect(self.resource.url("item", successor))
        attached = attachments.tabs(self.resource.key, self.user)
        deletable = self.may(row, "delete")
        at = request.GET.get("tab", "")
        context = self.context(
            row=row,
            title=self.resource.name(row),
            shown_state=self.resource.state(row),
            shown_facts=self.resource.facts(row),
            tabs=self._tabs(row, attached, at),
            at=at,
            editable=self.resource.form is not None
            and self.resource.changeable
            and self.may(row, "edit"),
            deletable=deletable,
            must_type=self.resource.typed_to_delete(row),
            came=came_from(request) if self.resource.walked else None,
            **self._filed(row),
            **(self._in_the_way(row) if deletable else {}),
        )
        return render(
            request,
            self.resource.item_template,
            context | self.resource.head(request, row) | self._inside(row, attached, at),
        )

    def _filed(self, row: Any) -> dict[str, Any]:
        """Say under what it is filed, as soon as there is anything to file under."""
        kind = self.resource.filed_as
        if not kind or not filing.folders(kind):
            return {}
        may_file = self.may(row, self.resource.right("edit"))
        return {"filed": filing.of(kind, [row.pk])[row.pk], "may_file": may_file}

    def _in_the_way(self, row: Any) -> dict[str, Any]:
        """Name what keeps it from being deleted, as far as the user may see that."""
        shown, hidden = usage.seen(self.resource.in_the_way(row), self.user)
        return {"in_the_way": shown, "in_the_way_hidden": hidden, "kept": bool(shown or hidden)}

    def _inside(self, row: Any, attached: list[attachments.Attachment], at: str) -> dict[str, Any]:
        for each in attached:
            if each.key == at:
                # Rendered by our own templates, which escape what they are given.
                return {"inside": mark_safe(each.render(self.request, row))}  # noqa: S308
        if at == "uses" and self.resource.subject:
            shown, hidden = usage.seen(self.resource.uses(row), self.user)
            return {"uses": shown, "uses_hidden": hidden}
        if at == "history":
            words = deeds.Words(self.resource.kind)
            told = self.resource.history(row, HISTORY, self.user)
            return {"history": [(each, words.changes(each)) for each in told]}
        cards = attachments.cards(self.resource.key, self.user)
        return {
            "details": self.resource.details(row),
            "cards": [mark_safe(each.render(self.request, row)) for each in cards],  # noqa: S308
            **self.resource.page(self.request, row),
        }

    def _tabs(
        self, row: Any, attached: list[attachments.Attachment], at: str
    ) -> list[dict[str, Any]]:
        here, came = self.resource.url("item", row.pk), came_from(self.request)
        kept = {} if came is None else {"in": came}
        tabs: list[tuple[str, Any, int | None]] = [("", self.resource.first_tab(row), None)]
        tabs += [
            (each.key, each.label, each.count(self.user, row) if each.count else None)
            for each in attached
        ]
        if self.resource.subject:
            tabs.append(("uses", _("Used by"), len(self.resource.uses(row))))
        tabs.append(("history", _("History"), None))
        return [
            {
                "url": f"{here}?{urlencode(asked)}" if asked else here,
                "label": label,
                "count": count,
                "here": key == at,
            }
            for key, label, count in tabs
            for asked in [{**kept, **({"tab": key} if key else {})}]
        ]


class Form(Screen):
    """Making one, or changing one without overwriting what somebody else did meanwhile.

    An answer that is lost on its way costs nothing: whatever is sent again is known by its sitting.
    """

    # Whether the page stays where it is when it is saved: what it sends then is of what it made.
    stays = False
    sitting: Sitting | None = None

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """Show the form."""
        row = self.item(pk, "edit") if pk else None
        return self._show(row, self.resource.form_for(request, row))

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """Store it, or say what is wrong where it is."""
        now = clock.now()
        self.sitting = sittings.claim(self.user.pk, request.POST.get("sitting", ""), now)
        digest = sittings.digest(request.path, request.POST)
        if self.sitting and self.sitting.repeats(digest):
            return HttpResponseRedirect(self.resource.url("item", self.sitting.object))
        if pk is None and self.stays and self.sitting and self.sitting.object:
            pk = int(self.sitting.object)
        try:
            row = self.item(pk, "edit", lock=True) if pk else None
        except Http404:
            if pk is None or not parting.was_read(request):
                raise
            return self._left(pk)
        before = dict(self.resource.told(row)) if row else {}
        form = self.resource.form_for(request, row, request.POST)
        if row is not None and self._overtaken(row):
            return self._meet(row, form)
        saved = self._saved(form, now)
        if saved is None:
            return self._show(row, form, status=422)
        if self.sitting:
            self.sitting.saved(saved.pk, self.resource.version(saved), digest)
        deed = Deed(
            kind=self.resource.kind,
            verb="change" if row else "create",
            object=saved.pk,
            name=self.resource.named(saved),
            before=before,
            after=self.resource.told(saved),
        )
        leave_trail(request, deed)
        toasts.tell(request, self.resource.news(saved, made=row is None))
        return HttpResponseRedirect(self.resource.url("item", saved.pk))

    def _overtaken(self, row: Any) -> bool:
        """Say whether somebody saved it since the page read it; the page itself is nobody else."""
        current = self.resource.version(row)
        if not current or self.request.POST.get("version", "") == current:
            return False
        return not (self.sitting and self.sitting.made(row.pk, current))

    def _meet(self, row: Any, form: Any, more: Mapping[str, Any] = NOTHING) -> HttpResponse:
        """Keep what was typed, and name the fields in which theirs differs."""
        now = self.item(row.pk)
        theirs = self.resource.form_for(self.request, now)
        history = self.resource.history(now, LOOKED_THROUGH, self.user)
        told = latest(history, self.user, getattr(now, "updated_at", None))
        second = {**met(self.request, theirs, form, told), **more}
        version = self.resource.version(row)
        return self._show(self.item(row.pk), form, status=409, current=version, met=second)

    def _left(self, pk: int) -> HttpResponse:
        """Keep what was typed into the form of what was merged or deleted meanwhile."""
        successor = self.resource.became(pk)
        rows = self.resource.rows(self.user, "edit")
        row = rows.filter(pk=successor).first() if successor else None
        if row is None:
            form = self.resource.form_for(self.request, None, self.request.POST)
            return self._show(None, form, status=404, met={"gone": True})
        theirs = self.resource.form_for(self.request, row)
        mine = self.resource.form_for(self.request, row, self.request.POST)
        sent = parting.carried(self.request, mine, theirs)
        action = self.resource.url("edit", row.pk)
        return self._meet(row, self.resource.form_for(self.request, row, sent), {"action": action})

    def _saved(self, form: Any, now: datetime) -> Any:
        """Store what a valid form holds; None: it says what is wrong."""
        if not form.is_valid():
            return None
        try:
            with transaction.atomic():
                return self.resource.save(form, self.user, now)
        except ConfigProblem as refused:
            for problem in refused.problems:
                known = problem["field"] if problem["field"] in form.fields else None
                form.add_error(known, ValidationError(problem["message"], problem["code"]))
            return None

    def sits(self) -> str:
        """Return the token of the page: a new one, or that of the page sent back."""
        return self.request.POST.get("sitting") or str(uuid4())

    def read(self, row: Any, form: Any, met: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what the page keeps of what it was read with, and whom it met meanwhile."""
        if met or row is None:
            return met
        return {"read": self.request.POST.get("read", "") if form.is_bound else reading(form)}

    def _show(
        self,
        row: Any,
        form: Any,
        status: int = 200,
        current: str = "",
        met: Mapping[str, Any] = NOTHING,
    ) -> HttpResponse:
        context = self.context(
            row=row,
            form=unclipped(form),
            title=self.resource.name(row) if row else self.resource.new_label,
            version=current or (self.resource.version(row) if row else ""),
            stale=bool(current),
            sitting=self.sits(),
            **self.read(row, form, met),
            back=self.resource.url("item", row.pk) if row else self.resource.url(),
        )
        return render(self.request, self.resource.form_template, context, status=status)
