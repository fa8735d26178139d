"""Steps that change the stage were told nothing and moved people back, too: they go on doing so."""

from django.db import migrations

# Whatever was drawn since knows the setting; a step without it was drawn before there was one.
KEEP = """
UPDATE {table} SET graph = jsonb_set(graph, '{{nodes}}', (
  SELECT jsonb_agg(
    CASE WHEN node->>'key' = 'stages.change' AND NOT (node->'config') ? 'backwards'
         THEN jsonb_set(node, '{{config,backwards}}', 'true') ELSE node END ORDER BY place)
  FROM jsonb_array_elements(graph->'nodes') WITH ORDINALITY k(node, place)))
WHERE graph @> '{{"nodes": [{{"key": "stages.change"}}]}}'"""


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0011_passes"),
    ]

    operations = [
        migrations.RunSQL(KEEP.format(table=table), migrations.RunSQL.noop)
        for table in ("campaign", "campaign_version")
    ]
