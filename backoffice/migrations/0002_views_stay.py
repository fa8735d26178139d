"""What somebody shared outlives them."""

from typing import ClassVar

from django.conf import settings
from django.db import migrations, models

import backoffice.models


class Migration(migrations.Migration):
    """Views may have no maker."""

    dependencies: ClassVar = [
        ("backoffice", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="savedview",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=backoffice.models.shared_stay,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
