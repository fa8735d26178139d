"""The roles every installation begins with."""

from django.db import migrations

ROLES = {
    "administrator": (
        "Administrator",
        {"*": {"*": "all"}, "administration": {"*": "all"}},
    ),
    "marketer": (
        "Marketer",
        {
            "*": {
                "view": "all",
                "edit": "all",
                "delete": "own",
                "publish": "all",
                "create": "all",
                "export": "all",
            }
        },
    ),
    "viewer": ("Viewer", {"*": {"view": "all"}}),
}


def make_roles(apps, schema_editor):
    roles = apps.get_model("accounts", "Role").objects
    for built_in, (name, rights) in ROLES.items():
        roles.get_or_create(built_in=built_in, defaults={"name": name, "rights": rights})


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
