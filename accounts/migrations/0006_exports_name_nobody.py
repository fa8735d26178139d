"""The trail keeps of exports how rows were chosen, not what was looked for."""

from typing import ClassVar

from django.db import migrations

FORGET = """
UPDATE audit_entry SET after = after - ARRAY['search', 'chosen']
WHERE kind = 'exports' AND after ?| ARRAY['search', 'chosen']"""


class Migration(migrations.Migration):
    """Made by hand: what is forgotten does not come back."""

    dependencies: ClassVar = [("accounts", "0005_invitations")]
    operations: ClassVar = [migrations.RunSQL(FORGET, migrations.RunSQL.noop)]
