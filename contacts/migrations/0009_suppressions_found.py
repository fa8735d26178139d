"""The suppression list is ordered by time and searched by beginnings through indexes."""

from typing import ClassVar

from django.db import migrations

ORDER = """
CREATE INDEX CONCURRENTLY IF NOT EXISTS suppression_by_time ON suppression (since, id)"""
BEGINNING = """
CREATE INDEX CONCURRENTLY IF NOT EXISTS suppression_beginning
ON suppression (value text_pattern_ops)"""


class Migration(migrations.Migration):
    """Made by hand: the indexes are built beside the traffic."""

    atomic = False
    dependencies: ClassVar = [("contacts", "0008_reasons")]
    operations: ClassVar = [
        migrations.RunSQL(ORDER, "DROP INDEX suppression_by_time"),
        migrations.RunSQL(BEGINNING, "DROP INDEX suppression_beginning"),
    ]
