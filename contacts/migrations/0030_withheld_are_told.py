"""Who is restricted, or objects to profiling, leaves what they were put into by hand before."""

from typing import ClassVar

from django.db import migrations

# As `kernel.changes.announce` writes it: segments and campaigns then look at them again.
TELL = """
INSERT INTO change (bulk, lane, depth, contact_ids, reads, created_at)
SELECT true, lane, 0, array_agg(id ORDER BY id), ARRAY['withheld'], now()
FROM (SELECT id, (id % 16)::smallint AS lane,
             row_number() OVER (PARTITION BY id % 16 ORDER BY id) / 1000 AS part
      FROM contact WHERE withheld IS NOT NULL) parts
GROUP BY lane, part"""


class Migration(migrations.Migration):
    """Made by hand: until now they stayed until somebody changed them."""

    dependencies: ClassVar = [
        ("contacts", "0029_forgotten_words"),
        ("kernel", "0005_filing"),
    ]
    operations: ClassVar = [migrations.RunSQL(TELL, migrations.RunSQL.noop)]
