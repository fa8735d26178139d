"""A suppressed domain may hold for the domains below it, too."""

from typing import ClassVar

from django.db import migrations, models

# `a.b.example.com` → `{b.example.com,example.com}`; called for addresses of three parts or more.
FUNCTION = """
CREATE OR REPLACE FUNCTION domains_above(text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT ARRAY(SELECT array_to_string(parts[n:], '.')
               FROM generate_series(2, cardinality(parts) - 1) AS n)
  FROM (SELECT string_to_array($1, '.') AS parts) AS split $$;
"""


class Migration(migrations.Migration):
    """Entries there are mean what they meant: the column's default is the database's."""

    dependencies: ClassVar = [("contacts", "0035_company_identifiers")]
    operations: ClassVar = [
        migrations.AddField(
            "suppression",
            "below",
            models.BooleanField(
                db_default=False, default=False, verbose_name="everything below it"
            ),
        ),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION domains_above(text)"),
    ]
