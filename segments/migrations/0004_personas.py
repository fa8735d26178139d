# Personas have a portrait and a story; a ready-made segment remembers which one it is.
from typing import ClassVar

from django.db import migrations, models

PORTRAITS = ("amber", "blue", "coral", "green", "indigo", "plum", "sand", "slate", "teal")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("segments", "0003_segment_builder")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="segment",
            name="persona",
            field=models.BooleanField(default=False, verbose_name="persona"),
        ),
        migrations.AddField(
            model_name="segment",
            name="portrait",
            field=models.CharField(
                blank=True,
                choices=[(key, key) for key in PORTRAITS],
                default="",
                max_length=20,
                verbose_name="portrait",
            ),
        ),
        migrations.AddField(
            model_name="segment",
            name="story",
            field=models.TextField(blank=True, default="", verbose_name="story"),
        ),
        migrations.AddField(
            model_name="segment",
            name="ready_made",
            field=models.CharField(editable=False, max_length=40, null=True, unique=True),
        ),
    ]
