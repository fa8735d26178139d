"""How long things about people are kept here."""

from django.utils.translation import gettext_lazy as _

from contacts.services import growing_old
from contacts.services.imports import traces
from kernel import origins
from kernel.retention import Keeping, declare

declare(
    Keeping(
        key="contacts.inactive",
        label=_("People who are inactive"),
        what=_("erased, if nothing happened to them and nobody changed them for so long"),
        default=None,
        count=growing_old.count_inactive,
        forget=growing_old.forget_inactive,
        least=90,
        people=True,
    )
)
declare(
    Keeping(
        key="contacts.rejects",
        label=_("Rows that imports refused"),
        what=_("deleted"),
        default=90,
        count=traces.count_rejects,
        forget=traces.forget_rejects,
        for_ever=False,
    )
)
declare(
    Keeping(
        key="contacts.addresses",
        label=_("Network addresses in the proof of consents"),
        what=_("shortened, so that they lead to nobody"),
        default=None,
        count=growing_old.count_addresses,
        forget=growing_old.shorten_addresses,
    )
)
origins.declare()
