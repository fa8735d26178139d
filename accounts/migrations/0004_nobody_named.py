"""The trail knows people by their number: names that screens noted are forgotten."""

from typing import ClassVar

from django.db import migrations

# Bulk actions are called by what was done, which names nobody.
FORGET = """
UPDATE audit_entry SET name = '',
  before = before - ARRAY['name', 'email', 'first_name', 'last_name', 'mobile'],
  after = after - ARRAY['name', 'email', 'first_name', 'last_name', 'mobile']
WHERE kind = 'contacts' AND verb <> 'bulk' AND (name <> '' OR
  (before || after) ?| ARRAY['name', 'email', 'first_name', 'last_name', 'mobile'])"""


class Migration(migrations.Migration):
    """Made by hand: what is forgotten does not come back."""

    dependencies: ClassVar = [("accounts", "0003_audit")]
    operations: ClassVar = [migrations.RunSQL(FORGET, migrations.RunSQL.noop)]
