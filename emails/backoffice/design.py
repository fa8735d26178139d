"""The frame in which the design of an email is drawn."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.generic import View

from backoffice.access import Permitted
from emails.backoffice.frames import drawn_policy


@method_decorator(xframe_options_sameorigin, name="dispatch")
class Drawn(Permitted, View):
    """An empty page of our origin where no script runs: the editor fills it, hears its clicks."""

    kind = "emails"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Answer the page."""
        response = render(request, "emails/drawn.html")
        response["Content-Security-Policy"] = drawn_policy(request)
        return response


urlpatterns = [path("emails/drawn", Drawn.as_view(), name="emails-drawn")]
