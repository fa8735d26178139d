"""Roles: a matrix of rights as data."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.models import Editable, Stamped
from kernel.permissions import Reach, permission_kinds

# Rows of the matrix that stand for many kinds, and the column that stands for every verb.
EVERY_KIND = "*"
EVERY_ADMINISTRATIVE_KIND = "administration"
EVERY_VERB = "*"
REACHES = {"none": Reach.NONE, "own": Reach.OWN, "all": Reach.ALL}


class BuiltIn(models.TextChoices):
    """The roles every installation has."""

    ADMINISTRATOR = "administrator", _("Administrator")
    MARKETER = "marketer", _("Marketer")
    VIEWER = "viewer", _("Viewer")


class Role(Stamped, Editable):
    """What its users may do: `{"contacts": {"view": "all", "edit": "own", "create": "all"}}`.

    A kind's own row is the whole truth for it; kinds without one fall back to the row `*`, or
    `administration` where they are administrative. What stands nowhere is not allowed.
    """

    name = models.CharField(_("name"), max_length=120, unique=True)
    built_in = models.CharField(max_length=20, choices=BuiltIn.choices, null=True, unique=True)
    rights = models.JSONField(_("rights"), default=dict)

    class Meta:
        db_table = "role"
        verbose_name = _("role")
        verbose_name_plural = _("roles")

    def __str__(self) -> str:
        return str(BuiltIn(self.built_in).label) if self.built_in else self.name

    def reach(self, kind: str, verb: str) -> Reach:
        """Return how far users of this role may go; nowhere with what a kind does not offer."""
        registered = permission_kinds.get(kind)
        if registered is not None and verb not in registered.verbs:
            return Reach.NONE
        row = self.rights.get(kind)
        if row is None:
            row = self.rights.get(_wildcard(kind), {})
        found = REACHES.get(row.get(verb, row.get(EVERY_VERB, "none")), Reach.NONE)
        # What has no owner is nobody's own: a wildcard's *own* opens nothing there.
        ownable = registered is None or registered.owned
        return found if ownable or found is not Reach.OWN else Reach.NONE


def _wildcard(kind: str) -> str:
    """Return the row that stands for this kind; one nobody registered is the most delicate."""
    registered = permission_kinds.get(kind)
    ordinary = registered is not None and not registered.administrative
    return EVERY_KIND if ordinary or kind == EVERY_KIND else EVERY_ADMINISTRATIVE_KIND
