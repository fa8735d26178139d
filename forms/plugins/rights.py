"""Forms: the right to them, what they are called, and who names what in them."""

from collections.abc import Collection, Iterator
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from forms.models import Form
from kernel import mentions, subjects, usage
from kernel.permissions import PermissionKind, permission_kinds


@permission_kinds.register
class Forms(PermissionKind):
    """Forms, and what was sent by them."""

    key = "forms"
    label = _("Forms")
    verbs: ClassVar = ("view", "create", "edit", "delete", "publish", "export")


def names(ids: list[int]) -> dict[int, str]:
    """Name forms."""
    return dict(Form.objects.filter(pk__in=ids).values_list("pk", "name"))


def _used(kind: str, numbers: Collection[int]) -> Iterator[tuple[int, usage.Use]]:
    wanted = {f"{kind}:{number}": number for number in numbers}
    rows = Form.objects.filter(uses__overlap=list(wanted)).only("pk", "name", "uses")
    for form in rows:
        use = usage.Use("form", form.pk, form.name)
        yield from ((wanted[key], use) for key in set(form.uses) & wanted.keys())


subjects.declare("form", names, rights="forms", rows=Form.objects.all())
usage.declare(_used)
mentions.declare("form", "form", "name", "description", "content", "actions")
