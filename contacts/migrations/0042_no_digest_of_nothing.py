"""Entries of the suppression list that are the digest of nothing go, as the empty ones did."""

import hashlib
from typing import Any, ClassVar

from django.conf import settings
from django.db import migrations


def forward(apps: Any, _schema_editor: Any) -> None:
    """Delete them, whichever secret of ours they were made with."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    peppers = [hashlib.sha256(b"suppression:" + one.encode()).digest() for one in secrets]
    empty = [hashlib.sha256(pepper).hexdigest() for pepper in peppers]
    apps.get_model("contacts", "Suppression").objects.filter(kind="hash", value__in=empty).delete()


class Migration(migrations.Migration):
    """No way back: nothing was meant by them."""

    dependencies: ClassVar = [("contacts", "0041_companies_by_words")]
    operations: ClassVar = [migrations.RunPython(forward, migrations.RunPython.noop)]
