"""The proof of a consent says its language and its form, and is changed by nobody."""

from typing import ClassVar

from django.db import migrations, models

# Only its contact's name may change, when two become one. Who forgets a person, or an origin
# past its time, says so for the length of a statement: SET LOCAL relais.forgetting = 'on'.
GUARD = """
CREATE FUNCTION keep_consent_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF coalesce(current_setting('relais.forgetting', true), '') = 'on' THEN
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  IF TG_OP = 'UPDATE'
     AND to_jsonb(NEW) - 'contact_id' = to_jsonb(OLD) - 'contact_id' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'The proof of a consent is neither changed nor deleted.'
    USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER consent_record_is_kept BEFORE UPDATE OR DELETE ON consent_record
  FOR EACH ROW EXECUTE FUNCTION keep_consent_record();
"""
FREE = """
DROP TRIGGER consent_record_is_kept ON consent_record;
DROP FUNCTION keep_consent_record;
"""


class Migration(migrations.Migration):
    """Columns with a constant default write no row."""

    dependencies: ClassVar = [("contacts", "0015_leftovers")]
    operations: ClassVar = [
        migrations.AddField(
            "consentrecord", "language", models.CharField(max_length=35, blank=True, db_default="")
        ),
        migrations.AddField(
            "consentrecord", "reference", models.TextField(blank=True, db_default="")
        ),
        migrations.RunSQL(GUARD, FREE),
    ]
