"""People who sign in: inviting them, what they may do, their end."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import path
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.backoffice.invitations import Send, Withdraw, sent_words, state
from accounts.forms import zones
from accounts.models import Invitation, Role, User
from accounts.models.users import Language
from accounts.services import invitations, ranks
from accounts.services.invitations import Change
from backoffice.choosing import LongSelect, worded
from backoffice.columns import Column
from backoffice.menu import Place
from backoffice.narrowing import ListFilter, by
from backoffice.resource import Resource, resource_of
from backoffice.routes import register
from backoffice.templatetags.relais import avatar
from kernel import clock
from kernel.queues import hint_on_commit


def roles() -> list[tuple[str, str]]:
    """Return every role, for people."""
    return [(str(role.pk), str(role)) for role in Role.objects.all()]


class UserForm(forms.ModelForm):  # type: ignore[type-arg]
    """A user as administrators see them; the actor bounds the roles that are offered."""

    timezone = forms.ChoiceField(label=_("Time zone"), choices=zones, widget=LongSelect)

    class Meta:
        model = User
        fields = ("email", "first_name", "last_name", "role", "language", "timezone", "is_active")
        help_texts = {
            "email": _("They sign in with it, and get the invitation there."),
            "is_active": _("Who is not active can no longer sign in; what they made stays."),
        }
        formfield_callback = worded

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
        # Whoever is given another language by hand keeps it, whatever a shared browser says.
        if self.instance.pk and "language" in self.changed_data:
            self.instance.language_chosen = True
        return cleaned


class Users(Resource[User]):
    """People who sign in."""

    key = kind = "users"
    path = "settings/users"
    model = User
    form = UserForm
    form_template = "accounts/user_form.html"
    icon = "users"
    label, plural, new_label = _("User"), _("Users"), _("Invite a user")
    purpose = _("People who sign in, and what their role lets them do.")
    in_settings = True
    search = ("email", "first_name", "last_name")
    sorts = ("email", "last_name")
    default_sort = "email"
    columns = (
        Column("email", _("Email"), sort="email"),
        Column("role", _("Role"), lambda row: str(row.role), width="mid"),
        Column("last_login", _("Last sign-in"), sort="last_login", width="when"),
        Column("timezone", _("Time zone"), shown=False),
        Column("is_active", _("State"), lambda row: state(row), narrow=True, width="wide"),
    )
    filters = (
        ListFilter(
            "active", _("May sign in"), (("True", _("yes")), ("False", _("no"))), by("is_active")
        ),
        ListFilter(
            "invitation",
            _("Invitation"),
            Invitation.State.choices,
            lambda rows, value: rows.filter(Invitation.in_state(value, clock.now())),
        ),
        ListFilter("role", _("Role"), lambda _user: roles(), by("role_id")),
        ListFilter("language", _("Language"), Language.choices, by("language")),
    )

    def listed(self, rows: QuerySet[User]) -> QuerySet[User]:
        """Fetch roles and invitations with them."""
        return rows.select_related("role", "invitation")

    def name(self, row: User) -> str:
        """Their name, or their address."""
        return row.name

    def picture(self, row: User) -> SafeString:
        """Show their initials."""
        return avatar(row.name)

    def under(self, row: User) -> str:
        """Tell the role on small screens."""
        return str(row.role)

    def state(self, row: User) -> SafeString:
        """Say whether they may sign in."""
        return state(row)

    def facts(self, row: User) -> str:
        """Tell role and address, unless they are called by it."""
        return str(row.role) if row.name == row.email else f"{row.role} · {row.email}"

    def form_for(self, request: HttpRequest, row: User | None, data: Any = None) -> Any:
        """Offer only what the actor may hand out."""
        actor: Any = request.user
        initial = {} if row else {"language": actor.language, "timezone": actor.timezone}
        form = UserForm(data, instance=row, actor=actor, initial=initial)
        form.request = request  # type: ignore[attr-defined]
        return form

    def save(self, form: Any, user: Any, now: datetime) -> User:
        """Store them; who is new is invited, and who has not come yet where they are now."""
        before = User.objects.filter(pk=form.instance.pk or 0).values_list("email", flat=True)
        address = next(iter(before), "")
        if not address:
            form.instance.set_unusable_password()
        saved = super().save(form, user, now)
        change = Change(saved, user, now)
        if address:
            invitations.follow_address(change, address)
        else:
            invitations.send(change)
        hint_on_commit("accounts.mails")
        return saved

    def news(self, row: User, *, made: bool) -> str:
        """Say that who is new was written to."""
        return sent_words(row) if made else super().news(row, made=made)

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
        told = {name: getattr(row, name) for name in names} | {"role": str(row.role)}
        return told | invitations.told(row)


here = Place(_("Users"), "users", "users", 910, "users", under="settings")
urlpatterns = register(Users, here, order=910)
given = {"resource": resource_of("users"), "kind": "users"}
urlpatterns += [
    path(
        "settings/users/<int:pk>/invitation",
        Send.as_view(verb="edit", **given),
        name="users-invitation",
    ),
    path(
        "settings/users/<int:pk>/invitation/withdraw",
        Withdraw.as_view(verb="edit", **given),
        name="users-withdraw",
    ),
]
