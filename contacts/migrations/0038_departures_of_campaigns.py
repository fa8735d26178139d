"""Which campaign has whom erased."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0037_departures")]

    operations = [
        migrations.AddField(
            "departure", "campaign_id", models.BigIntegerField(default=0, db_default=0)
        ),
        migrations.AddIndex(
            "departure", models.Index(fields=["campaign_id"], name="departure_campaign")
        ),
    ]
