"""Each user's language and time zone, and the end of sessions nobody uses."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone, translation

from accounts.models import User
from kernel import clock

Respond = Callable[[HttpRequest], HttpResponseBase]
IDLE = timedelta(days=7)
LONGEST = timedelta(days=30)
NOTED_EVERY = timedelta(minutes=5)
# What an open page asks by itself: nobody sits before it for that.
UNATTENDED = "X-Unattended"


class Sitting:
    """Signs out whoever was away too long, or signed in too long ago; the server decides."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Look at the clock before anything else does; who has no session is left alone."""
        if _has_session(request) and "_auth_user_id" in request.session:
            self._look(request)
        return self.get_response(request)

    def _look(self, request: HttpRequest) -> None:
        now = int(clock.now().timestamp())
        began = request.session.setdefault("began", now)
        seen = request.session.get("seen", now)
        if now - began > LONGEST.total_seconds() or now - seen > IDLE.total_seconds():
            logout(request)
            return
        noted = "seen" in request.session and now - seen <= NOTED_EVERY.total_seconds()
        if not noted and UNATTENDED not in request.headers:
            request.session["seen"] = now
        if isinstance(request.user, User):
            self._follow_role(request, request.user.role_id)

    def _follow_role(self, request: HttpRequest, role: int) -> None:
        """Change the session's id with the role, at the first request after; the old one ends."""
        if request.session.setdefault("role", role) != role:
            request.session.cycle_key()
            request.session["role"] = role


class Habits:
    """Speaks the user's language and shows times in their zone."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Switch for signed-in users only; others are asked by their browser."""
        user = request.user if _has_session(request) else None
        if not isinstance(user, User):
            return self.get_response(request)
        request.LANGUAGE_CODE = user.language
        with translation.override(user.language), timezone.override(ZoneInfo(user.timezone)):
            response = self.get_response(request)
            if not response.streaming:
                response.setdefault("Content-Language", user.language)
        return response


def _has_session(request: HttpRequest) -> bool:
    """Spare pixels, clicks and token bearers the question, and the header it would cost them."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES
