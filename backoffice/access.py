"""Who may open a screen: signed in, and with a right."""

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from backoffice.repeating import until_done
from kernel import secrecy
from kernel.permissions import Reach


class Permitted(LoginRequiredMixin):
    """Opens only for users who may do `verb` with items of `kind`."""

    kind: ClassVar[str]
    verb: ClassVar[str] = "view"
    # The right a method needs where it is another one: {"post": "edit"}.
    verbs: ClassVar[Mapping[str, str]] = {}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send strangers to the sign-in, and refuse those without the right."""
        user = request.user
        verb = self.verbs.get((request.method or "").lower(), self.verb)
        if user.is_authenticated and user.reach(self.kind, verb) is Reach.NONE:
            raise PermissionDenied
        if user.is_authenticated:
            secrecy.enter(user)
        if request.method != "POST":
            return super().dispatch(request, *args, **kwargs)
        answer = partial(super().dispatch, request, *args, **kwargs)
        return until_done(request, answer)

    def handle_no_permission(self) -> Any:
        """Have the whole page come to the sign-in, where only a part of it was asked for."""
        if "HX-Request" in self.request.headers:  # type: ignore[attr-defined]
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return super().handle_no_permission()
