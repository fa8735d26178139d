"""Triggers that change the stage moved people back, too: they go on doing so."""

from django.db import migrations

KEEP = """
UPDATE point_trigger SET actions = (
  SELECT jsonb_agg(
    CASE WHEN step->>'key' = 'stages.change' AND NOT (step->'config') ? 'backwards'
         THEN jsonb_set(step, '{config,backwards}', 'true') ELSE step END ORDER BY place)
  FROM jsonb_array_elements(actions) WITH ORDINALITY k(step, place))
WHERE actions @> '[{"key": "stages.change"}]'"""


class Migration(migrations.Migration):
    dependencies = [
        ("points", "0007_award_by_age"),
    ]

    operations = [migrations.RunSQL(KEEP, migrations.RunSQL.noop)]
