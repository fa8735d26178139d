"""When the work of a job began, and how far it was lately."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0002_events"),
    ]

    operations = [
        migrations.AddField(
            model_name="job",
            name="marks",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="job",
            name="started_at",
            field=models.DateTimeField(null=True),
        ),
    ]
