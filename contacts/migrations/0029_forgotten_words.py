"""By what people who were erased are known again in files and trails from before."""

from typing import ClassVar

from django.db import migrations, models

# What the erasures knew so far, for the trail; the length of no word at all is 0.
TAKE_OVER = """
INSERT INTO forgotten_word (word, at, written)
SELECT decode(w ->> 1, 'hex'), max(e.at), true
FROM erasure e CROSS JOIN jsonb_array_elements(e.words) AS w
WHERE e.words IS NOT NULL AND (w ->> 0)::int > 0 GROUP BY 1"""


class Migration(migrations.Migration):
    """A column with a default of the database writes no row."""

    dependencies: ClassVar = [("contacts", "0028_phone_digits")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="ForgottenWord",
            fields=[
                ("word", models.BinaryField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("written", models.BooleanField(default=False)),
            ],
            options={
                "db_table": "forgotten_word",
                "indexes": [
                    models.Index(fields=["at"], name="forgotten_word_at"),
                ],
            },
        ),
        migrations.AddField(
            "import", "erased", models.PositiveIntegerField(default=0, db_default=0)
        ),
        migrations.RunSQL(TAKE_OVER, migrations.RunSQL.noop),
    ]
