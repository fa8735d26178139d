"""What is done with the data of contacts."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.catalogue import catalogue
from contacts.models import Export, Import
from kernel.processing import Processing, declare

PEOPLE = gettext_lazy("contacts")


def _fields() -> Sequence[str]:
    named = [
        _("%(name)s (sensitive)") % {"name": spec.name} if spec.sensitive else spec.name
        for spec in catalogue().fields.values()
    ]
    return [*named, _("tags, companies, consents with their proof, closed channels")]


declare(
    Processing(
        key="contacts.knowing",
        label=gettext_lazy("Knowing contacts"),
        purpose=gettext_lazy("Keep up relations with customers and prospects"),
        whose=PEOPLE,
        basis=gettext_lazy("legitimate interest, or a contract"),
        data=_fields,
        covers=("contacts.own", "api.answers"),
        kept=("contacts.inactive", "contacts.addresses"),
    )
)
declare(
    Processing(
        key="contacts.log",
        label=gettext_lazy("Timeline"),
        purpose=gettext_lazy("Know what happened with a contact, and choose whom to write to"),
        whose=PEOPLE,
        basis=gettext_lazy("legitimate interest; consent where conduct is measured"),
        data=lambda: [_("events with their time: what was sent, opened, clicked, visited, bought")],
        covers=("contacts.log",),
        kept=("events.web", "events.message", "events.record"),
    )
)
declare(
    Processing(
        key="contacts.moving",
        label=gettext_lazy("Imports and exports"),
        purpose=gettext_lazy("Take contacts over from files, and hand them on"),
        whose=PEOPLE,
        basis=gettext_lazy("legitimate interest, or a contract"),
        data=lambda: [_("the columns of the files")],
        covers=("contacts.imports",),
        kept=("contacts.rejects",),
        recipients=lambda: [_("whoever downloads an export: the audit trail names them")],
        happens=lambda: Import.objects.exists() or Export.objects.exists(),
    )
)
