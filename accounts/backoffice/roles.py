"""Roles: the matrix of kinds and verbs, as a table of choices."""

from typing import Any

from django import forms
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import BuiltIn, Role
from accounts.models.roles import EVERY_ADMINISTRATIVE_KIND, EVERY_KIND
from accounts.rights import check_rights
from accounts.services import ranks
from backoffice import deeds
from backoffice.choosing import LongSelect
from backoffice.columns import Column
from backoffice.menu import Place
from backoffice.resource import Resource
from backoffice.routes import register
from kernel.permissions import OWNED_VERBS, VERBS, permission_kinds

VERB_LABELS = {
    "view": pgettext_lazy("right", "View"),
    "create": pgettext_lazy("right", "Create"),
    "edit": pgettext_lazy("right", "Edit"),
    "delete": pgettext_lazy("right", "Delete"),
    "publish": pgettext_lazy("right", "Publish"),
    "export": pgettext_lazy("right", "Export"),
}
REACH_LABELS = {"none": _("none"), "own": _("own"), "all": _("all")}


def right_in_words(label: Any, verb: Any) -> str:
    """Name one right: `Contacts: view`."""
    words = {"kind": label, "verb": str(verb).lower()}
    return gettext("%(kind)s: %(verb)s") % words


def reach_in_words(role: Role, kind: Any, verb: str) -> Any:
    """Say how far a role goes; what a kind does not offer is a dash."""
    reach = role.reach(kind.key, verb).name.lower()
    return REACH_LABELS[reach] if verb in kind.verbs else "\N{EN DASH}"


def rows_of_matrix() -> list[tuple[str, Any, tuple[str, ...], bool]]:
    """Return key, label, verbs and whether *own* means something, for each row."""
    kinds = sorted(permission_kinds, key=lambda kind: (kind.administrative, str(kind.label)))
    every = [
        (EVERY_KIND, _("Everything not named below"), VERBS, True),
        (EVERY_ADMINISTRATIVE_KIND, _("All administration not named below"), VERBS, False),
    ]
    return every + [(kind.key, kind.label, kind.verbs, kind.owned) for kind in kinds]


class RoleForm(forms.ModelForm):  # type: ignore[type-arg]
    """A name and a matrix; a kind without any choice is left to the rows above."""

    class Meta:
        model = Role
        fields = ("name",)

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        for key, label, verbs, owned in rows_of_matrix():
            row = (self.instance.rights or {}).get(key, {})
            for verb in verbs:
                name = f"{key}:{verb}"
                self.fields[name] = self._choice(ownable=owned and verb in OWNED_VERBS)
                # Said to who does not see row and column, and where a mistake is named.
                self.fields[name].label = right_in_words(label, VERB_LABELS[verb])
                self.initial[name] = row.get(verb, row.get("*", "none" if row else ""))

    def _choice(self, *, ownable: bool) -> forms.ChoiceField:
        reaches = [key for key in REACH_LABELS if key != "own" or ownable]
        choices = [("", "\N{EN DASH}"), *((key, REACH_LABELS[key]) for key in reaches)]
        widget = LongSelect({"class": "form-select form-select-sm"})
        return forms.ChoiceField(choices=choices, required=False, widget=widget)

    @property
    def verbs(self) -> list[Any]:
        """Return what heads the columns."""
        return list(VERB_LABELS.values())

    def matrix(self) -> list[tuple[Any, list[tuple[Any, Any]]]]:
        """Return of each row its label, and its cells with their verbs, for the template."""
        return [
            (
                label,
                [
                    (word, self[f"{key}:{verb}"] if verb in verbs else None)
                    for verb, word in VERB_LABELS.items()
                ],
            )
            for key, label, verbs, _owned in rows_of_matrix()
        ]

    def clean(self) -> dict[str, Any]:
        """Put the matrix together and hold it against what the actor may do."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        rights = {
            key: {verb: cleaned[f"{key}:{verb}"] for verb in verbs if cleaned.get(f"{key}:{verb}")}
            for key, _label, verbs, _owned in rows_of_matrix()
        }
        rights = {key: row for key, row in rights.items() if row}
        check_rights(rights)
        try:
            if self.instance.pk:
                ranks.refuse_stronger(Role.objects.get(pk=self.instance.pk), self.actor)
            ranks.refuse_stronger(Role(rights=rights), self.actor)
        except ranks.Refusal as refusal:
            raise forms.ValidationError(str(refusal), refusal.code) from refusal
        self.instance.rights = rights
        return cleaned


class Roles(Resource[Role]):
    """What users may do."""

    key = kind = "roles"
    path = "settings/roles"
    model = Role
    form = RoleForm
    form_template = "accounts/role_form.html"
    icon = "shield"
    label, plural, new_label = _("Role"), _("Roles"), _("New role")
    purpose = _("A role says what its users see and change.")
    in_settings = True
    columns = (
        Column("users", _("Users"), lambda row: row.people, end=True, narrow=True),
        Column("updated_at", _("Changed"), sort="updated_at"),
    )

    def rows(self, user: Any, verb: str = "view") -> QuerySet[Role]:
        """Let nobody change what administrators may do."""
        rows = super().rows(user, verb)
        return rows.exclude(built_in=BuiltIn.ADMINISTRATOR) if verb == "edit" else rows

    def listed(self, rows: QuerySet[Role]) -> QuerySet[Role]:
        """Count their users."""
        return rows.annotate(people=Count("users"))

    def name(self, row: Role) -> str:
        """Built-in roles have a name in every language."""
        return str(row)

    def page(self, request: HttpRequest, row: Role) -> dict[str, Any]:
        """Show the matrix as it is in force."""
        matrix = [
            (
                kind.label,
                [(word, reach_in_words(row, kind, verb)) for verb, word in VERB_LABELS.items()],
            )
            for kind in permission_kinds
        ]
        return {"matrix": matrix, "verbs": VERB_LABELS.values()}

    def details(self, row: Role) -> list[tuple[Any, Any]]:
        """Tell how many have it."""
        return [(_("Users"), row.users.count())]

    item_template = "accounts/role.html"

    def form_for(self, request: HttpRequest, row: Role | None, data: Any = None) -> Any:
        """Bound the matrix by the actor's own rights."""
        return RoleForm(data, instance=row, actor=request.user)

    def told(self, row: Role) -> dict[str, Any]:
        """Tell name and matrix."""
        return {"name": row.name, "rights": row.rights}

    def refusal(self, row: Role, user: Any) -> str:
        """Keep built-in roles, and those somebody has."""
        if row.built_in:
            return str(_("Built-in roles stay."))
        if row.users.exists():
            return str(_("Users have this role. Give them another one first."))
        try:
            ranks.refuse_stronger(row, user)
        except ranks.Refusal as refusal:
            return str(refusal)
        return ""


@deeds.writes("roles", "rights")
def _rights(matrix: Any) -> str:
    """Write a matrix as a list of rights."""
    labels = {key: label for key, label, _verbs, _owned in rows_of_matrix()}
    labels_of_verbs = {**VERB_LABELS, "*": _("everything")}
    said = [
        f"{right_in_words(labels.get(kind, kind), labels_of_verbs.get(verb, verb))} ({word})"
        for kind, row in matrix.items()
        for verb, reach in row.items()
        for word in [REACH_LABELS.get(reach, reach)]
    ]
    return "; ".join(said)


here = Place(_("Roles"), "roles", "shield", 915, "roles", under="settings")
urlpatterns = register(Roles, here, order=920)
