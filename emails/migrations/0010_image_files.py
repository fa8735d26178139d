from django.db import migrations, models

SHOWN = """
INSERT INTO email_image_file (email_id, imagefile_id)
SELECT s.email_id, f.id FROM email_image s
JOIN email e ON e.id = s.email_id JOIN image_file f ON f.image_id = s.image_id
WHERE strpos(e.html || e.mjml, '/m/' || f.name) > 0"""


class Migration(migrations.Migration):
    dependencies = [
        ("emails", "0009_images"),
        ("media", "0002_out_in_mails"),
    ]

    operations = [
        migrations.AddField(
            model_name="email",
            name="image_files",
            field=models.ManyToManyField(
                db_table="email_image_file",
                editable=False,
                related_name="+",
                to="media.imagefile",
            ),
        ),
        migrations.RunSQL(SHOWN, migrations.RunSQL.noop),
    ]
