"""Whether somebody chose the language they are spoken to in."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Nobody did so far, as far as is known."""

    dependencies: ClassVar = [("accounts", "0006_exports_name_nobody")]
    operations: ClassVar = [
        migrations.AddField("user", "language_chosen", models.BooleanField(default=False)),
    ]
