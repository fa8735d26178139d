"""What is done with personal data to tell other systems."""

from collections.abc import Sequence

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.processing import Processing, declare


def _has_happened() -> bool:
    """Say whether anything was ever posted: what was taken leaves no row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sequence_last_value('webhook_post_id_seq') IS NOT NULL")
        return bool(cursor.fetchone()[0])


def _servers() -> Sequence[str]:
    return [_("the systems that steps of campaigns post to")]


declare(
    Processing(
        key="webhooks.posting",
        label=gettext_lazy("Calling other systems"),
        purpose=gettext_lazy("Tell other systems how far a contact has come"),
        whose=gettext_lazy("contacts"),
        basis=gettext_lazy("legitimate interest, or a contract"),
        data=lambda: [_("the fields that the step names")],
        covers=("webhooks.posts",),
        recipients=_servers,
        happens=_has_happened,
    )
)
