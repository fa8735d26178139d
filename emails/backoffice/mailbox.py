"""The mailbox of captured mails: what would have been sent, as its reader would see it."""

import email
import email.policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.generic import TemplateView, View

from backoffice.access import Permitted
from backoffice.menu import Place, register
from channels.screens.opening import visible
from contacts.catalogue import hidden
from emails.backoffice.frames import policy
from emails.backoffice.harmless import harmless, harmless_text, linked
from emails.models import CapturedMail, Delivery, Email, EmailVersion
from emails.services.links import PIXEL
from emails.services.trials import NO_DELIVERY
from kernel import masking
from kernel.ids import read_id
from kernel.permissions import Reach

PAGE = 50
SHOWN_HEADERS = ("From", "To", "Reply-To", "Date", "Message-ID", "List-Unsubscribe")


def readable(request: HttpRequest) -> QuerySet[CapturedMail]:
    """Return the mails a user may read.

    Those to fellow users, such as password resets, only if they may change users anyway. Who
    sees only their own emails reads only what those sent, and who sees only some contacts only
    what was written to them. Mails that a sensitive field was put into are for whom it is for.
    """
    user = request.user
    mails = CapturedMail.objects.order_by("-pk")
    if user.is_authenticated and user.reach("users", "edit") is Reach.NONE:
        mails = mails.filter(delivery_id__isnull=False)
    if user.is_authenticated and user.reach("emails", "view") is Reach.OWN:
        emails = Email.objects.filter(owner_id=user.pk).values("pk")
        own = Delivery.objects.filter(email_id__in=emails)
        mails = mails.filter(delivery_id__in=own.values("pk"))
    if user.is_authenticated and user.reach("contacts", "view") is not Reach.ALL:
        # A mail tells who somebody is as much as their page does.
        theirs = Delivery.objects.filter(contact_id__in=visible(request).values("pk"))
        mails = mails.filter(Q(delivery_id=None) | Q(delivery_id__in=theirs.values("pk")))
    return _shown(mails, user) if hidden() else mails


def _shown(mails: QuerySet[CapturedMail], user: Any) -> QuerySet[CapturedMail]:
    """Leave out what may tell of sensitive fields: others' test mails, and mails that name one.

    What an email named that is deleted by now is not known any more, and so is not shown either.
    """
    tokens = [f"contact.{alias}" for alias in hidden()]
    silent = EmailVersion.objects.exclude(prepared__uses__has_any_keys=tokens)
    # Words for some tell who they are: those of a filter that asks for what is hidden do so, too.
    told = EmailVersion.objects.exclude(audiences={}).values_list("pk", "audiences")
    silent = silent.exclude(
        pk__in=[pk for pk, trees in told if masking.hides_any(list(trees.values()))]
    )
    known = Delivery.objects.filter(pk=OuterRef("delivery_id"), version_id__in=silent.values("pk"))
    mine = Q(delivery_id=NO_DELIVERY, recipients__iexact=user.email)
    return mails.filter(Q(delivery_id=None) | mine | Exists(known))


def parsed(mail: CapturedMail) -> EmailMessage:
    """Parse a mail as its reader's program does."""
    return email.message_from_bytes(bytes(mail.raw), policy=email.policy.default)


def _stands_in(request: HttpRequest, mail: CapturedMail) -> bool:
    """Say whether a user may open a mail as its reader would: who edits the email it is of."""
    delivery = Delivery.objects.filter(pk=mail.delivery_id or 0).first()
    email = Email.objects.filter(pk=delivery.email_id or 0).first() if delivery else None
    user: Any = request.user
    return email is not None and user.can("emails", "edit", email.owner_id)


class Mailbox(Permitted, TemplateView):
    """The captured mails, newest first."""

    kind = "emails"
    template_name = "emails/mailbox.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Read one page, from the mail before which it begins."""
        mails = readable(self.request).defer("raw")
        if before := read_id(self.request.GET.get("before")):
            mails = mails.filter(pk__lt=before)
        rows = list(mails[: PAGE + 1])
        older = urlencode({"before": rows[PAGE - 1].pk}) if len(rows) > PAGE else ""
        shown = {"mails": rows[:PAGE], "older": older, "begun": bool(before)}
        return super().get_context_data(**kwargs) | shown


class Mail(Permitted, TemplateView):
    """One captured mail: its headers, its look, its text."""

    kind = "emails"
    template_name = "emails/mail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Take the mail apart."""
        mail = get_object_or_404(readable(self.request), pk=self.kwargs["pk"])
        message = parsed(mail)
        text, html = message.get_body(("plain",)), message.get_body(("html",))
        reads = _stands_in(self.request, mail)
        headers = [
            (name, linked(str(message[name]), own=reads)) for name in SHOWN_HEADERS if message[name]
        ]
        context = {
            "mail": mail,
            "subject": str(message["Subject"] or ""),
            "headers": headers,
            "text": harmless_text(text.get_content()) if text else "",
            "has_html": html is not None,
            "images": "images" in self.request.GET,
            "measured": html is not None and PIXEL in html.get_content(),
            "delivery": Delivery.objects.filter(pk=mail.delivery_id or 0).first(),
            "reads": reads,
        }
        return super().get_context_data(**kwargs) | context


@method_decorator(xframe_options_sameorigin, name="dispatch")
class MailBody(Permitted, View):
    """The HTML of a captured mail, for a frame without rights.

    Looked at, it counts nothing. `?reader` is the mail as it went out, for whoever tries things
    out in place of its reader: openings and clicks count then.
    """

    kind = "emails"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answer the HTML; links open in a window of their own."""
        mail = get_object_or_404(readable(request), pk=pk)
        html = parsed(mail).get_body(("html",))
        content = html.get_content() if html else ""
        if "reader" not in request.GET or not _stands_in(request, mail):
            content = harmless(content, reverse("mailbox-body", args=[pk]))
        response = HttpResponse('<base target="_blank">' + content)
        response["Content-Security-Policy"] = policy(request)
        return response


class MailSource(Permitted, View):
    """A captured mail as it would have gone over the wire."""

    kind = "emails"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answer the bytes as a download."""
        mail = get_object_or_404(readable(request), pk=pk)
        name = f'attachment; filename="mail-{mail.pk}.eml"'
        return HttpResponse(
            bytes(mail.raw), "message/rfc822", headers={"Content-Disposition": name}
        )


urlpatterns = [
    path("mailbox", Mailbox.as_view(), name="mailbox"),
    path("mailbox/<int:pk>", Mail.as_view(), name="mailbox-mail"),
    path("mailbox/<int:pk>/body", MailBody.as_view(), name="mailbox-body"),
    path("mailbox/<int:pk>/source", MailSource.as_view(), name="mailbox-source"),
]
register(Place(_("Captured mail"), "mailbox", "inbox", 490, "emails", under="channels"))
