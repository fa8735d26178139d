from django.db import migrations, models

# What was there before may be in mails that nobody noted.
MAY_BE_OUT = "UPDATE image SET went_out_at = now()"


class Migration(migrations.Migration):
    dependencies = [
        ("media", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="image",
            name="went_out_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="image",
            name="removed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.RunSQL(MAY_BE_OUT, migrations.RunSQL.noop),
    ]
