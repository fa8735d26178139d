"""Some people are kept and not worked on: a row says so, triggers keep the contact in step."""

from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models, transaction

# Several writers move consents (people, imports, merges): none of them can forget it here. What
# was concluded about somebody ends with the right to conclude it.
KEEP = """
CREATE FUNCTION keep_withheld() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  whom bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.contact_id ELSE NEW.contact_id END;
  stands smallint;
BEGIN
  stands := CASE
    WHEN EXISTS (SELECT 1 FROM restriction r WHERE r.contact_id = whom) THEN 2
    WHEN EXISTS (SELECT 1 FROM consent k WHERE k.contact_id = whom AND k.purpose = 'profiling'
                   AND k.topic_id = 0 AND k.state = 'refused') THEN 1 END;
  UPDATE contact SET withheld = stands WHERE id = whom AND withheld IS DISTINCT FROM stands;
  IF stands IS NOT NULL THEN
    UPDATE contact_state SET activity_rank = NULL
    WHERE contact_id = whom AND activity_rank IS NOT NULL;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER restriction_withholds AFTER INSERT OR DELETE ON restriction
  FOR EACH ROW EXECUTE FUNCTION keep_withheld();
CREATE TRIGGER consent_withholds AFTER INSERT OR UPDATE ON consent
  FOR EACH ROW WHEN (NEW.purpose = 'profiling') EXECUTE FUNCTION keep_withheld();
CREATE TRIGGER consent_no_longer_withholds AFTER DELETE ON consent
  FOR EACH ROW WHEN (OLD.purpose = 'profiling') EXECUTE FUNCTION keep_withheld();
"""
# Whoever refused before, once the triggers stand: in slices, each a transaction of its own. People
# are locked first and in order, as by those who write consents; then it is looked again.
SLICE = 2_000
REFUSED = """SELECT 1 FROM consent k WHERE k.contact_id = c.id AND k.purpose = 'profiling'
  AND k.topic_id = 0 AND k.state = 'refused'"""
LOCK = f"""
SELECT c.id FROM contact c WHERE c.id > %s AND c.withheld IS NULL AND EXISTS ({REFUSED})
ORDER BY c.id LIMIT %s FOR NO KEY UPDATE OF c"""  # noqa: S608 - constants
WITHHOLD = f"""
WITH noted AS (
  UPDATE contact c SET withheld = 1
  WHERE c.id = ANY(%s) AND c.withheld IS NULL AND EXISTS ({REFUSED}) RETURNING c.id)
UPDATE contact_state s SET activity_rank = NULL FROM noted
WHERE s.contact_id = noted.id AND s.activity_rank IS NOT NULL"""  # noqa: S608 - constants

FREE = """
DROP TRIGGER restriction_withholds ON restriction;
DROP TRIGGER consent_withholds ON consent;
DROP TRIGGER consent_no_longer_withholds ON consent;
DROP FUNCTION keep_withheld;
"""
GROUNDS = [
    ("accuracy", "they contest that the data are right"),
    ("unlawful", "the processing was unlawful, and they want no erasure"),
    ("claims", "they need the data for legal claims"),
    ("objection", "they objected, and it is not decided yet"),
    ("other", "another ground"),
]
FEW = "CREATE INDEX CONCURRENTLY contact_withheld ON contact (id) WHERE withheld IS NOT NULL"


def withhold(_apps: Any, editor: Any) -> None:
    """Note whoever refused profiling before the triggers stood."""
    last = 0
    while last is not None:
        with transaction.atomic(editor.connection.alias), editor.connection.cursor() as cursor:
            cursor.execute(LOCK, [last, SLICE])
            found = [row[0] for row in cursor.fetchall()]
            cursor.execute(WITHHOLD, [found])
        last = found[-1] if found else None


class Migration(migrations.Migration):
    """Made by hand: a column without a default writes no row, the index is built beside traffic."""

    atomic = False
    dependencies: ClassVar = [("contacts", "0018_companies")]
    operations: ClassVar = [
        migrations.AddField(
            "contact", "withheld", models.SmallIntegerField(editable=False, null=True)
        ),
        migrations.CreateModel(
            name="Restriction",
            fields=[
                (
                    "contact",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="restriction",
                        serialize=False,
                        to="contacts.contact",
                    ),
                ),
                ("ground", models.CharField(choices=GROUNDS, max_length=10)),
                ("comment", models.TextField(blank=True, default="")),
                ("source", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "restriction"},
        ),
        migrations.RunSQL(KEEP, FREE),
        migrations.RunPython(withhold, migrations.RunPython.noop),
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(FEW, "DROP INDEX contact_withheld")],
            [
                migrations.AddIndex(
                    "contact",
                    models.Index(
                        fields=["id"],
                        name="contact_withheld",
                        condition=models.Q(withheld__isnull=False),
                    ),
                )
            ],
        ),
    ]
