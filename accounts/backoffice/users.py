"""People who sign in: inviting them, what they may do, their end."""

from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.forms import ForgottenForm
from accounts.models import Role, User
from accounts.models.users import Language
from accounts.services import ranks
from backoffice.columns import Column
from backoffice.menu import Place
from backoffice.narrowing import ListFilter, by
from backoffice.resource import Resource
from backoffice.routes import register
from backoffice.templatetags.relais import avatar, pill


def zones() -> list[tuple[str, str]]:
    """Return the time zones, for people."""
    return [(name, name.replace("_", " ")) for name in sorted(available_timezones())]


def roles() -> list[tuple[str, str]]:
    """Return every role, for people."""
    return [(str(role.pk), str(role)) for role in Role.objects.all()]


class UserForm(forms.ModelForm):  # type: ignore[type-arg]
    """A user as administrators see them; the actor bounds the roles that are offered."""

    timezone = forms.ChoiceField(label=_("Time zone"), choices=zones)

    class Meta:
        model = User
        fields = ("email", "first_name", "last_name", "role", "language", "timezone", "is_active")
        help_texts = {
            "email": _("They sign in with it. A new user gets a mail to choose a password."),
            "is_active": _("Who is not active can no longer sign in; what they made stays."),
        }

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.fields["is_active"].label = _("May sign in")
        if self.instance.pk is None:
            del self.fields["is_active"]

    def clean_role(self) -> Role:
        """Offer nobody more than the actor may do."""
        role: Role = self.cleaned_data["role"]
        try:
            ranks.refuse_stronger(role, self.actor)
        except ranks.Refusal as refusal:
            raise forms.ValidationError(str(refusal), refusal.code) from refusal
        return role

    def clean(self) -> dict[str, Any]:
        """Keep an administrator, and leave the stronger alone."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.instance.pk and "role" in cleaned:
            before = User.objects.select_related("role").get(pk=self.instance.pk)
            active = bool(cleaned.get("is_active", True))
            try:
                ranks.check_change(before, cleaned["role"], active=active, actor=self.actor)
            except ranks.Refusal as refusal:
                raise forms.ValidationError(str(refusal), refusal.code) from refusal
        return cleaned


class Users(Resource[User]):
    """People who sign in."""

    key = kind = "users"
    path = "settings/users"
    model = User
    form = UserForm
    icon = "users"
    label, plural, new_label = _("User"), _("Users"), _("New user")
    purpose = _("People who sign in, and what their role lets them do.")
    in_settings = True
    search = ("email", "first_name", "last_name")
    sorts = ("email", "last_name")
    default_sort = "email"
    columns = (
        Column("email", _("Email"), sort="email"),
        Column("role", _("Role"), lambda row: str(row.role), narrow=True),
        Column("last_login", _("Last sign-in"), sort="last_login"),
        Column("timezone", _("Time zone"), shown=False),
        Column("is_active", _("State"), lambda row: state(row)),
    )
    filters = (
        ListFilter(
            "active", _("May sign in"), (("True", _("yes")), ("False", _("no"))), by("is_active")
        ),
        ListFilter("role", _("Role"), lambda _user: roles(), by("role_id")),
        ListFilter("language", _("Language"), Language.choices, by("language")),
    )

    def listed(self, rows: QuerySet[User]) -> QuerySet[User]:
        """Fetch the roles with them."""
        return rows.select_related("role")

    def name(self, row: User) -> str:
        """Their name, or their address."""
        return row.name

    def picture(self, row: User) -> SafeString:
        """Show their initials."""
        return avatar(row.name)

    def state(self, row: User) -> SafeString:
        """Say whether they may sign in."""
        return state(row)

    def facts(self, row: User) -> str:
        """Tell role and address."""
        return f"{row.role} · {row.email}"

    def form_for(self, request: HttpRequest, row: User | None, data: Any = None) -> Any:
        """Offer only what the actor may hand out."""
        actor: Any = request.user
        initial = {} if row else {"language": actor.language, "timezone": actor.timezone}
        form = UserForm(data, instance=row, actor=actor, initial=initial)
        form.request = request  # type: ignore[attr-defined]
        return form

    def save(self, form: Any, user: Any, now: datetime) -> User:
        """Store them; who is new is sent a link to choose a password."""
        new = form.instance.pk is None
        if new:
            form.instance.set_unusable_password()
        saved = super().save(form, user, now)
        if new:
            invitation = ForgottenForm({"email": saved.email})
            if invitation.is_valid():
                invitation.save(form.request)
        return saved

    def refusal(self, row: User, user: Any) -> str:
        """Keep oneself, the stronger and the last administrator; what others owned stays."""
        try:
            ranks.check_leaving(row, user)
        except ranks.Refusal as refusal:
            return str(refusal)
        return ""

    def told(self, row: User) -> dict[str, Any]:
        """Tell no password."""
        names = ("email", "first_name", "last_name", "language", "timezone", "is_active")
        return {name: getattr(row, name) for name in names} | {"role": str(row.role)}


def state(row: User) -> SafeString:
    """Say whether somebody may sign in."""
    return pill("published", _("active")) if row.is_active else pill("paused", _("not active"))


here = Place(_("Users"), "users", "users", 910, "users", under="settings")
urlpatterns = register(Users, here, order=910)
