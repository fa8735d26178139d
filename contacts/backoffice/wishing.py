"""What a person wishes of a channel: how often, at which hours, from which day on."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from backoffice import toasts
from backoffice.planning import in_reach
from backoffice.screens import Screen, leave_trail
from contacts.models import ChannelWish, Contact
from contacts.services import consent
from contacts.words import Channel, Period
from kernel import moments
from kernel.trail import Deed

PERIODS = [
    (Period.DAY, gettext_lazy("in a day")),
    (Period.WEEK, gettext_lazy("in a week")),
    (Period.MONTH, gettext_lazy("in a month")),
]


def _hour(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        required=False,
        widget=forms.TimeInput({"type": "time", "class": "form-control"}, format="%H:%M"),
    )


class WishForm(forms.Form):
    """The rules of one person; what is left empty follows those of the workspace."""

    most = forms.IntegerField(
        label=gettext_lazy("At most"),
        required=False,
        min_value=1,
        max_value=1_000,
        widget=forms.NumberInput({"class": "form-control"}),
    )
    per = forms.ChoiceField(
        label=gettext_lazy("Period"),
        choices=PERIODS,
        required=False,
        widget=forms.Select({"class": "form-select"}),
    )
    quiet_from = _hour(gettext_lazy("No messages from"))
    quiet_to = _hour(pgettext_lazy("hours", "to"))
    pause_until = forms.DateField(
        validators=[in_reach],
        label=gettext_lazy("Nothing before"),
        required=False,
        widget=forms.DateInput({"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
    )

    channel = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Refuse half a rule."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        begins, ends = values.get("quiet_from"), values.get("quiet_to")
        if bool(begins) != bool(ends):
            self.add_error("quiet_to" if begins else "quiet_from", _("Give both hours, or none."))
        elif begins and begins == ends:
            self.add_error("quiet_to", _("Quiet hours end at another time than they begin."))
        if values.get("most") and not values.get("per"):
            self.add_error("per", _("Choose a period."))
        return values


CHANNELS = {
    Channel.EMAIL: gettext_lazy("Preferences for emails"),
    Channel.SMS: gettext_lazy("Preferences for SMS"),
}


def found(contact: int, channel: str) -> ChannelWish | None:
    """Return the rules of a person for a channel, if they have any of their own."""
    return ChannelWish.objects.filter(contact_id=contact, channel=channel).first()


def of(contact: int, reached: Mapping[str, object]) -> list[dict[str, Any]]:
    """Return what the page tells of each channel: of email always, of others if they have one."""
    told = []
    for channel, title in CHANNELS.items():
        wish = found(contact, channel)
        if channel == Channel.EMAIL or wish or reached.get(channel):
            form, known = form_of(wish, channel), version(wish)
            words = {"said": said(wish), "form": form, "version": known}
            told.append({"channel": channel.value, "title": title, **words})
    return told


def form_of(wish: ChannelWish | None, channel: str) -> WishForm:
    """Return the form as it stands."""
    names = ("most", "quiet_from", "quiet_to", "pause_until")
    initial = {name: getattr(wish, name) for name in names} if wish else {}
    known = {**initial, "per": (wish and wish.per) or Period.WEEK, "channel": channel}
    return WishForm(initial=known, auto_id=_ids(channel))


def _ids(channel: str) -> str:
    """Name inputs of several channels apart on one page."""
    return f"id_{channel}_%s"


def said(wish: ChannelWish | None) -> list[str]:
    """Tell the rules in words."""
    told = []
    if wish and wish.most:
        emails = ngettext(
            "At most %(most)d email %(period)s", "At most %(most)d emails %(period)s", wish.most
        )
        texts = ngettext(
            "At most %(most)d SMS %(period)s", "At most %(most)d SMS %(period)s", wish.most
        )
        words = emails if wish.channel == Channel.EMAIL else texts
        told.append(words % {"most": wish.most, "period": dict(PERIODS)[Period(wish.per)]})
    if wish and wish.quiet_from and wish.quiet_to:
        hours = {"begins": f"{wish.quiet_from:%H:%M}", "ends": f"{wish.quiet_to:%H:%M}"}
        told.append(_("No messages between %(begins)s and %(ends)s, their time") % hours)
    if wish and wish.pause_until:
        told.append(_("Nothing before %(day)s") % {"day": moments.day(wish.pause_until)})
    return told


class Wishes(Screen):
    """Noting down what somebody wishes."""

    verb = "edit"

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep it, unless the person or a colleague chose something else meanwhile."""
        row: Contact = self.item(pk, "edit", lock=True)
        channel = request.POST.get("channel", Channel.EMAIL)
        if channel not in CHANNELS:
            raise Http404
        form = WishForm(request.POST, auto_id=_ids(channel))
        stale = _is_stale(request, row.pk, channel)
        if stale or not form.is_valid():
            return self._again(row, form, channel, stale=stale)
        values = form.cleaned_data
        rule = {"most": values["most"], "per": values["per"]} if values["most"] else {}
        kept = {name: values[name] for name in ("quiet_from", "quiet_to", "pause_until")}
        consent.wish(row.pk, channel, {**rule, **kept})
        told = {"wishes": said(found(row.pk, channel))}
        leave_trail(request, Deed("contacts", "change", object=row.pk, after=told))
        toasts.tell(request, _("Preferences saved"))
        if _in_dialog(request):
            return HttpResponse(headers={"HX-Refresh": "true"})
        return HttpResponseRedirect(self._back(row))

    def _again(self, row: Contact, form: WishForm, channel: str, *, stale: bool) -> HttpResponse:
        """Show what was typed, with what speaks against it: in the dialog it was typed into."""
        wish = found(row.pk, channel)
        titled = {"channel": channel, "heading": CHANNELS[Channel(channel)]}
        context = {"form": form, "version": version(wish), "stale": stale, **titled}
        status = 409 if stale else 422
        if _in_dialog(self.request):
            theirs = said(wish) or [_("None of their own: the rules of the workspace hold.")]
            told = {**context, "number": row.pk, "theirs": theirs}
            return render(self.request, "contacts/wishform.html", told, status=status)
        title = self.resource.name(row)
        whole = self.context(row=row, title=title, back=self._back(row), **context)
        return render(self.request, "backoffice/form.html", whole, status=status)

    def _back(self, row: Contact) -> str:
        return f"{self.resource.url('item', row.pk)}?tab=consent"


def _in_dialog(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers


def _is_stale(request: HttpRequest, contact: int, channel: str) -> bool:
    return request.POST.get("version", "") != version(found(contact, channel))


def version(wish: ChannelWish | None) -> str:
    """Return what tells one state of the rules from another."""
    if wish is None:
        return "-"
    return f"{wish.most} {wish.per} {wish.quiet_from} {wish.quiet_to} {wish.pause_until}"
