"""The settings of the workspace as one form: each field is one setting, checked where it lives."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backoffice import deeds
from backoffice.choosing import LongSelect
from dashboard.backoffice.lines import Caps, Limits, Lines
from kernel import preferences, zone_names

ABOUT_LIMITS = _(
    "One a line: * for all mail, or a domain of recipients; per second, minute or day. "
    "Such as: * 50 / second"
)


def _text(label: Any, help_text: Any = "", **more: Any) -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, required=False, **more)


def _yes(label: Any, help_text: Any = "") -> forms.BooleanField:
    return forms.BooleanField(label=label, help_text=help_text, required=False)


def _number(label: Any, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=help_text)


def _area(label: Any, help_text: Any) -> forms.CharField:
    return _text(label, help_text, widget=forms.Textarea({"rows": 2}))


HOURS = ("emails.quiet_hours", "sms.quiet_hours")
# Group → setting → its field.
GROUPS: dict[Any, dict[str, forms.Field]] = {
    _("Workspace"): {
        "workspace.timezone": forms.ChoiceField(
            label=_("Time zone"),
            choices=lambda: [(name, name.replace("_", " ")) for name in zone_names.names()],
            widget=LongSelect,
            help_text=_("Days of filters, segments and figures begin at midnight here."),
        ),
        "accounts.audit_days": _number(
            _("Keep the audit trail for so many days"), _("From 1 to 3,650.")
        ),
    },
    _("Sender"): {
        "emails.from_name": _text(_("Sender's name"), _("Of emails that name no sender.")),
        "emails.from_address": _text(
            _("Sender's address"), _("Left empty, mails come from no-reply at this installation.")
        ),
        "emails.postal_address": _area(
            _("Postal address"),
            _("Stands at the foot of marketing mail; many countries ask for it."),
        ),
        "emails.footer_reason": _area(
            _("Why people get these mails"), _("Stands at the foot, in one sentence.")
        ),
        "emails.require_postal_address": _yes(
            _("Refuse marketing mail without a postal address"), _("Else a warning has to do.")
        ),
        "emails.unsubscribe_address": _text(
            _("Address for leaving by mail"), _("Beside the one click that every mail offers.")
        ),
        "emails.return_path_domain": _text(
            _("Domain of bounces"), _("Each mail gets a return address of its own there.")
        ),
        "emails.soft_bounce_count": _number(
            _("So many soft bounces close an address"), _("From 1 to 50; 0: they never do.")
        ),
        "emails.soft_bounce_days": _number(_("Within so many days"), _("From 1 to 90.")),
    },
    _("Sending"): {
        "emails.paused": _yes(
            _("Send nothing for now"),
            _(
                "All mail to contacts waits, transactional mail included, until this is taken back."
                " Invitations, new passwords and test mails still go out. It is set by itself when"
                " a backup came back."
            ),
        ),
    },
    _("When marketing mail goes out"): {
        "emails.require_consent": _yes(
            _("Write only to people who agreed"), _("Else also to those who were never asked.")
        ),
        "emails.confirm_within_days": _number(_("A sign-up waits so many days to be confirmed")),
        "emails.frequency_caps": Caps(
            label=_("At most so many mails a person"),
            help_text=_("One rule a line, per day, week or month. Such as: 3 / week"),
        ),
        "emails.quiet_hours": _text(
            _("Quiet hours"), _("In the person's own time zone, such as 21:00-08:00.")
        ),
        "emails.when_held": forms.ChoiceField(
            label=_("A mail over the limit or in a pause"),
            choices=[("skip", _("is left out")), ("delay", _("waits up to 30 days"))],
        ),
        "emails.limits": Limits(label=_("Speed of sending"), help_text=ABOUT_LIMITS),
    },
    _("Text messages"): {
        "sms.transport": forms.ChoiceField(
            label=_("Texts go"),
            choices=[("capture", _("nowhere: they are captured")), ("twilio", "Twilio")],
        ),
        "sms.account_sid": _text(_("Account SID"), _("Of Twilio; begins with AC.")),
        "sms.auth_token": _text(
            _("Auth token"),
            _("Kept sealed and never shown. Empty: the one that is kept stays."),
            widget=forms.PasswordInput({"autocomplete": "new-password"}),
        ),
        "sms.from_number": _text(
            _("Sender"), _("A number such as +33 6 12 34 56 78, or a name of at most 11 letters.")
        ),
        "sms.messaging_service": _text(
            _("Messaging service"), _("Begins with MG; takes the place of the sender.")
        ),
        "sms.per_second": _number(_("At most so many texts a second"), _("From 1 to 500.")),
        "sms.require_consent": _yes(
            _("Text only people who agreed"),
            _("Else also those who were never asked; the law of many countries forbids that."),
        ),
        "sms.frequency_caps": Caps(
            label=_("At most so many texts a person"),
            help_text=_("One rule a line, per day, week or month. Such as: 3 / week"),
        ),
        "sms.quiet_hours": _text(
            _("Quiet hours of texts"), _("In the person's own time zone, such as 21:00-08:00.")
        ),
        "sms.when_held": forms.ChoiceField(
            label=_("A text over the limit or in a pause"),
            choices=[("skip", _("is left out")), ("delay", _("waits up to 30 days"))],
        ),
    },
    _("Contacts and segments"): {
        "contacts.unique_kinds": forms.MultipleChoiceField(
            label=_("What identifies a person"),
            choices=[("email", _("email")), ("mobile", _("mobile")), ("phone", _("phone"))],
            widget=forms.CheckboxSelectMultiple,
            required=False,
        ),
        "contacts.phone_region": _text(
            _("Country of phone numbers written without one"), _("Two letters, such as FR.")
        ),
        "segments.rebuild_minutes": _number(
            _("Check every segment each so many minutes"),
            _("They follow changes by themselves; this finds what was missed."),
        ),
    },
    _("Campaigns that stop by themselves"): {
        "campaigns.pause_percent": _number(
            _("When a step fails for more than so many percent of people"), _("0: never.")
        ),
        "campaigns.pause_least": _number(
            _("And at least so many came to it"), _("Within a day, since it was published.")
        ),
    },
    _("Points without activity"): {
        "points.decay_days": _number(
            _("The total fades after so many days without activity"),
            _("Days without anything that gives or takes points; 0: never."),
        ),
        "points.decay_loss": _number(_("Loses each time")),
        "points.decay_unit": forms.ChoiceField(
            label=_("In"),
            choices=[("points", _("points")), ("percent", _("percent of the score"))],
        ),
        "points.decay_floor": _number(_("Never below"), _("Who has less loses nothing.")),
    },
    _("Measuring"): {
        "tracking.measure_unasked": _yes(
            _("Measure people who were never asked"), _("Whoever refused is never measured.")
        ),
        "tracking.consent_first": _yes(
            _("The script waits for consent"),
            _("It keeps and sends nothing before the visitor agreed."),
        ),
        "tracking.respect_signals": _yes(_("Leave alone browsers that ask not to be tracked")),
        "tracking.sites": Lines(
            label=_("Sites that may send page views"),
            help_text=_("One address a line, such as https://shop.example."),
        ),
        "forms.submits_per_minute": _number(
            _("Answers to forms one network may send a minute, at most"), _("0: any number.")
        ),
        "forms.addresses_per_hour": _number(
            _("People one network may name by forms an hour, at most"), _("0: any number.")
        ),
        "tracking.visitor_days": _number(_("Remember unknown visitors for so many days")),
        "tracking.custom_types": _number(_("Types of events that clients may invent, at most")),
    },
}


class SettingsForm(forms.Form):
    """All settings at once; only those that differ are written."""

    def __init__(self, data: Any = None) -> None:
        self.before = preferences.several(self.settings())
        shown = {key: _shown(key, value) for key, value in self.before.items()}
        super().__init__(data, initial={_name(key): value for key, value in shown.items()})

    @staticmethod
    def settings() -> list[str]:
        """Return the settings shown."""
        return [key for fields in GROUPS.values() for key in fields]

    def groups(self) -> Iterator[tuple[Any, list[forms.BoundField]]]:
        """Return the fields under their headings."""
        for label, fields in GROUPS.items():
            yield label, [self[_name(key)] for key in fields]

    def put(self) -> dict[str, Any]:
        """Write what differs and return it; refusals become errors of their fields."""
        after = {}
        for key in self.settings():
            name = _name(key)
            if name not in self.changed_data:
                continue
            try:
                after[key] = preferences.put(key, _meant(key, self.cleaned_data[name]))
            except ValueError as error:
                self.add_error(name, str(error))
        return after


def secrets() -> set[str]:
    """Return the settings that are never written out."""
    return {setting.key for setting in preferences.known() if setting.secret}


def _name(key: str) -> str:
    return key.replace(".", "-")


def _shown(key: str, value: Any) -> Any:
    # Nothing typed changes nothing.
    if key in secrets():
        return ""
    if key in HOURS:
        return f"{value['from']}-{value['to']}" if value else ""
    return value


def _meant(key: str, value: Any) -> Any:
    if key in HOURS:
        begins, _dash, ends = str(value).replace("\N{EN DASH}", "-").partition("-")
        return {"from": begins.strip(), "to": ends.strip()} if value else None
    return value


for _fields in GROUPS.values():
    for _key, _field in _fields.items():
        SettingsForm.base_fields[_name(_key)] = _field

deeds.names(
    "preferences", {key: field.label for fields in GROUPS.values() for key, field in fields.items()}
)
