"""Posts may be calls of any method, with headers of their own and a time limit."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0003_by_receiver_by_index")]

    operations = [
        migrations.AddField(
            "post", "method", models.CharField(db_default="POST", default="POST", max_length=10)
        ),
        migrations.AddField("post", "headers", models.TextField(db_default="", default="")),
        migrations.AddField(
            "post",
            "kind",
            models.CharField(
                db_default="application/json", default="application/json", max_length=100
            ),
        ),
        migrations.AddField("post", "seconds", models.SmallIntegerField(db_default=10, default=10)),
    ]
