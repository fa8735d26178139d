"""Rights, names, uses and settings of the SMS channel, and who takes its hits."""

from collections.abc import Collection, Iterator

from django.utils.translation import gettext_lazy

from contacts.services import holding_rules
from kernel import preferences, subjects, usage
from kernel.permissions import PermissionKind, permission_kinds
from sms.models import Text
from sms.services import clicks, policies, transports, twilio
from tracking import spool


@permission_kinds.register
class Texts(PermissionKind):
    """Texts, their runs and what became of them; *publish* is the right to send."""

    key = "sms"
    label = gettext_lazy("SMS")


def _names(ids: list[int]) -> dict[int, str]:
    return dict(Text.objects.filter(pk__in=ids).values_list("pk", "name"))


def _used(kind: str, numbers: Collection[int]) -> Iterator[tuple[int, usage.Use]]:
    if kind == "sms":
        rows = Text.objects.filter(translation_of__in=numbers).order_by("pk")
        for parent, pk, name in rows.values_list("translation_of_id", "pk", "name"):
            yield int(parent or 0), usage.Use("sms", pk, name)
    if kind != "segment":
        return
    found = {
        (number, pk, name)
        for field in ("segments", "excluded_segments")
        for number, pk, name in Text.objects.filter(**{f"{field}__in": numbers}).values_list(
            field, "pk", "name"
        )
    }
    for number, pk, name in sorted(found):
        yield number, usage.Use("sms", pk, name)


subjects.declare("sms", _names, rights="sms", rows=Text.objects.all())
usage.declare(_used)
# Hits of short links, in batches.
spool.handles("sms.clicked")(clicks.clicked)

# Where texts go, and with which account; the token is sealed.
preferences.declare(transports.TRANSPORT, "capture", policies.transport)
preferences.declare(twilio.ACCOUNT, "", policies.account)
preferences.declare(twilio.TOKEN, "", policies.token, secret=True)
preferences.declare(twilio.SENDER, "", policies.sender)
preferences.declare(twilio.SERVICE, "", policies.service)
preferences.declare(transports.PER_SECOND, 10, policies.per_second)
# Whether people who were never asked get marketing texts.
preferences.declare("sms.require_consent", False, preferences.yes_or_no)  # noqa: FBT003
# As of mails: how often, when, and what becomes of a text meanwhile.
preferences.declare("sms.frequency_caps", [], policies.caps)
preferences.declare("sms.quiet_hours", None, holding_rules.quiet)
preferences.declare("sms.when_held", "skip", holding_rules.held)
