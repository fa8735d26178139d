"""Indexes on fields for phone numbers hold digits, as those of the core do: built by their job."""

from typing import Any, ClassVar

from django.db import migrations

from kernel import clock


def refit(apps: Any, _editor: Any) -> None:
    """Ask for the indexes of the fields that have one."""
    fields, jobs = apps.get_model("contacts", "Field"), apps.get_model("kernel", "Job")
    found = fields.objects.filter(object="contact", type="phone", indexed=True)
    for number in found.values_list("pk", flat=True):
        args = {"field": number}
        jobs.objects.create(kind="contacts.fit_field", args=args, due_at=clock.now())


class Migration(migrations.Migration):
    """Rows of jobs alone are written."""

    dependencies: ClassVar = [
        ("contacts", "0030_withheld_are_told"),
        ("kernel", "0006_jobs_by_contact"),
    ]
    operations: ClassVar = [migrations.RunPython(refit, migrations.RunPython.noop)]
