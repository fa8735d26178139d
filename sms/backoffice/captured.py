"""The captured texts: what would have been sent, to be looked at."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from backoffice.access import Permitted
from backoffice.menu import Place, register
from channels.screens.opening import visible
from contacts.catalogue import hidden
from kernel.ids import read_id
from kernel.permissions import Reach, narrow
from sms.models import CapturedText, Text, TextDelivery, TextVersion
from sms.services.trials import NO_DELIVERY

PAGE = 50


def readable(request: HttpRequest) -> QuerySet[CapturedText]:
    """Return the texts a user may read, as of captured mails.

    Who sees only their own texts reads only what those sent, and who sees only some contacts only
    what was written to them. What a sensitive field was put into is for whom that is for.
    """
    user: Any = request.user
    texts = CapturedText.objects.order_by("-pk")
    rows = TextDelivery.objects.all()
    if user.reach("sms", "view") is not Reach.ALL:
        rows = rows.filter(sms_id__in=narrow(Text.objects.all(), user, "sms", "view").values("pk"))
    if user.reach("contacts", "view") is not Reach.ALL:
        rows = rows.filter(contact_id__in=visible(request).values("pk"))
    if rows.query.where:
        texts = texts.filter(delivery_id__in=rows.values("pk"))
    if not hidden():
        return texts
    tokens = [f"contact.{alias}" for alias in hidden()]
    silent = TextVersion.objects.exclude(prepared__uses__has_any_keys=tokens)
    known = TextDelivery.objects.filter(
        pk=OuterRef("delivery_id"), version_id__in=silent.values("pk")
    )
    return texts.filter(~Q(delivery_id=NO_DELIVERY) & Exists(known))


class CapturedTexts(Permitted, TemplateView):
    """The captured texts, newest first."""

    kind = "sms"
    template_name = "sms/captured.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Read one page, from the text before which it begins."""
        texts = readable(self.request)
        if before := read_id(self.request.GET.get("before")):
            texts = texts.filter(pk__lt=before)
        rows = list(texts[: PAGE + 1])
        older = urlencode({"before": rows[PAGE - 1].pk}) if len(rows) > PAGE else ""
        shown = {"texts": rows[:PAGE], "older": older, "begun": bool(before)}
        return super().get_context_data(**kwargs) | shown


urlpatterns = [path("captured-texts", CapturedTexts.as_view(), name="captured-texts")]
register(Place(_("Captured SMS"), "captured-texts", "inbox", 495, "sms", under="channels"))
