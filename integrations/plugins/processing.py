"""What is done with personal data to bring it to other systems."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy

from integrations.models import Connection
from integrations.services import mapping, people
from kernel.processing import Processing, declare


def _data() -> Sequence[str]:
    known = mapping.sources()
    used = {line["source"] for row in Connection.objects.all() for line in row.mapping}
    return [known[key].label for key in sorted(used) if key in known]


def _systems() -> Sequence[str]:
    return list(Connection.objects.order_by("name").values_list("name", flat=True))


declare(
    Processing(
        key="integrations.pushing",
        label=gettext_lazy("Pushing to other systems"),
        purpose=gettext_lazy("Bring contacts to a CRM or another system"),
        whose=gettext_lazy("contacts"),
        basis=gettext_lazy("legitimate interest, or a contract"),
        data=_data,
        covers=("integrations.records",),
        kept=(people.KEY,),
        recipients=_systems,
        happens=Connection.objects.exists,
    )
)
