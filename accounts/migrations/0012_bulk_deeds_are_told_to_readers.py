"""Deeds to many keep no words of their author: values are told to those who may see them."""

from typing import ClassVar

from django.db import migrations

# What entries keep beside it names the first; of stopped work, the values alone are taken away.
UNNAME = """
UPDATE audit_entry SET name = ''
WHERE kind = 'contacts' AND verb = 'bulk' AND name <> '' AND after ? 'retold'
  OR kind = 'jobs' AND verb = 'cancel' AND name LIKE '% = %'"""


class Migration(migrations.Migration):
    """Rows alone are written."""

    dependencies: ClassVar = [("accounts", "0011_accountmail_contact_id_and_more")]
    operations: ClassVar = [migrations.RunSQL(UNNAME, migrations.RunSQL.noop)]
