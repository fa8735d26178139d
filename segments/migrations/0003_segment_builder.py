# The job that builds a segment stands on its row.
from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("segments", "0002_storage")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="segment",
            name="builder",
            field=models.BigIntegerField(editable=False, null=True),
        ),
    ]
