"""What all screens of a resource share: its right, its rows, its news, its trail."""

from dataclasses import replace
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.views.generic import View

from backoffice.access import Permitted
from backoffice.resource import Resource
from kernel import clock
from kernel.permissions import Reach
from kernel.trail import Deed, difference, note


class Screen(Permitted, View):
    """A screen of a resource; `as_view(resource=…, kind=…)` says of which."""

    # Given by `as_view`, never left empty.
    resource: Resource[Any] = None  # type: ignore[assignment]
    kind = ""
    verb: ClassVar[str] = "view"

    @property
    def user(self) -> Any:
        """Who looks; strangers were sent to the sign-in."""
        return self.request.user

    def context(self, **more: Any) -> dict[str, Any]:
        """Return what every template of a resource reads."""
        return {
            "resource": self.resource,
            "in_settings": self.resource.in_settings,
            "can": {
                verb: self.user.reach(self.resource.kind, self.resource.right(verb))
                is not Reach.NONE
                for verb in ("create", "edit", "delete")
            },
            **more,
        }

    def item(self, pk: int, verb: str = "view", *, lock: bool = False) -> Any:
        """Fetch a row: 404 for whom it does not exist, 403 for who may only see it."""
        seen = self.resource.rows(self.user).filter(pk=pk)
        if lock:
            seen = seen.select_for_update(of=("self",), no_key=True)
        found = seen.first()
        if found is None:
            raise Http404
        if verb != "view" and not self.resource.rows(self.user, verb).filter(pk=pk).exists():
            raise PermissionDenied
        return found

    def may(self, row: Any, verb: str) -> bool:
        """Say whether the user may do so with this row."""
        rows: QuerySet[Any] = self.resource.rows(self.user, verb)
        return rows.filter(pk=row.pk).exists()


def leave_trail(request: HttpRequest, deed: Deed) -> None:
    """Tell the audit trail what somebody did on screen, in the transaction of the deed.

    `deed` says kind, verb, object, name, and all values before and after; who and where is added.
    """
    before, after = difference(deed.before, deed.after)
    if not deed.before:
        after = {key: value for key, value in after.items() if value not in (None, "", [], {})}
    who: Any = request.user
    told = replace(
        deed,
        user=who.pk,
        path=request.path.lstrip("/"),
        address=request.META.get("REMOTE_ADDR", ""),
        before=before,
        after=after,
    )
    note(told, clock.now())
