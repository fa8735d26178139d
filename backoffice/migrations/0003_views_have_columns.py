"""A view keeps the columns it was saved with."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Earlier views have none of their own: everybody sees those they chose."""

    dependencies: ClassVar = [("backoffice", "0002_views_stay")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="savedview", name="columns", field=models.JSONField(null=True)
        ),
    ]
