"""Posts know what of the person stands in their address and headers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0004_methods_and_headers")]

    operations = [
        migrations.AddField("post", "outside", models.TextField(db_default="", default="")),
    ]
