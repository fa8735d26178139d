"""Emails have a topic; sendings of a contact are counted by time."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """What a mail is about."""

    dependencies: ClassVar = [("contacts", "0005_topics"), ("emails", "0003_segments")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="email",
            name="topic",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="contacts.topic",
                verbose_name="topic",
            ),
        ),
    ]
