"""What was done to a contact together with others is found through an index."""

from typing import ClassVar

from django.db import migrations

CONTACTS = """
CREATE INDEX CONCURRENTLY IF NOT EXISTS job_contacts ON job
USING gin ((args -> 'contacts') jsonb_path_ops) WHERE args ? 'contacts'"""


class Migration(migrations.Migration):
    """Made by hand: Django has no words for it. The index is built beside the traffic."""

    atomic = False
    dependencies: ClassVar = [("kernel", "0005_filing")]
    operations: ClassVar = [migrations.RunSQL(CONTACTS, "DROP INDEX job_contacts")]
