"""Entries of the suppression list that close nothing go: what was no number was kept as empty."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    """No way back: nothing was meant by them."""

    dependencies: ClassVar = [("contacts", "0038_departures_of_campaigns")]
    operations: ClassVar = [
        migrations.RunSQL("DELETE FROM suppression WHERE value = ''", migrations.RunSQL.noop)
    ]
