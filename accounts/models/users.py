"""Users: people who sign in by email."""

from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.roles import BuiltIn, Role
from kernel import zone_names
from kernel.lowering import lowered
from kernel.models import Editable, Stamped
from kernel.permissions import Reach

if TYPE_CHECKING:
    from accounts.models.tokens import Token


class Language(models.TextChoices):
    """The languages of the back office; each in its own words."""

    ENGLISH = "en", "English"
    FRENCH = "fr", "Français"


def check_time_zone(name: str) -> None:
    """Refuse what is not the name of a time zone."""
    if name not in zone_names.known():
        raise ValidationError(_("This is not the name of a time zone."), "invalid")


class AddressField(models.EmailField):  # type: ignore[type-arg]
    """An email address in lower case, so that each belongs to one user however it is typed."""

    def to_python(self, value: object) -> str | None:
        """Read the address."""
        address: str | None = super().to_python(value)
        return address and lowered(address.strip())

    def get_prep_value(self, value: object) -> str | None:
        """Write or look up the address."""
        return self.to_python(super().get_prep_value(value))


class UserManager(BaseUserManager["User"]):
    """Makes users, and finds administrators."""

    def create_user(self, email: str, password: str | None = None, **values: object) -> "User":
        """Make a user; without a password they can only reset it."""
        user = self.model(email=lowered(email.strip()), **values)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def administrators(self) -> models.QuerySet["User"]:
        """Return those who may do everything, now: who was invited and never came cannot."""
        waiting = models.Q(invitation__isnull=False, invitation__accepted_at=None)
        return self.filter(is_active=True, role__built_in=BuiltIn.ADMINISTRATOR).exclude(waiting)


RIGHTS = """
SELECT r.* FROM account u JOIN role r ON r.id = u.role_id WHERE u.id = %s FOR SHARE OF r"""


class User(AbstractBaseUser, Stamped, Editable):
    """A person who works with the product, and what their role lets them do."""

    email = AddressField(
        _("email"),
        max_length=254,
        unique=True,
        error_messages={"unique": _("Someone has this address already.")},
    )
    first_name = models.CharField(_("first name"), max_length=120, blank=True, default="")
    last_name = models.CharField(_("last name"), max_length=120, blank=True, default="")
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.ENGLISH
    )
    # Nobody chose the language that new users begin with.
    language_chosen = models.BooleanField(default=False)
    timezone = models.CharField(
        _("time zone"), max_length=64, default="UTC", validators=[check_time_zone]
    )
    signature = models.TextField(_("signature"), blank=True, default="")
    role = models.ForeignKey(
        Role, verbose_name=_("role"), on_delete=models.PROTECT, related_name="users"
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects: ClassVar[UserManager] = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"

    # The token that speaks for the user in this request, if any: it never widens their rights.
    token: "Token | None" = None

    class Meta:
        db_table = "account"
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What the user is called: their name, or their address."""
        return f"{self.first_name} {self.last_name}".strip() or self.email

    def reach(self, kind: str, verb: str) -> Reach:
        """Return how far this user may go, within the scopes of the token in use."""
        if not self.is_active:
            return Reach.NONE
        if self.token is not None and not self.token.allows(kind, verb):
            return Reach.NONE
        return self.role.reach(kind, verb)

    def can(self, kind: str, verb: str, owner_id: int | None = None) -> bool:
        """Say whether this user may do so with an item of that owner."""
        reach = self.reach(kind, verb)
        return reach is Reach.ALL or (reach is Reach.OWN and owner_id == self.pk)

    def hold_rights(self) -> None:
        """Read anew what the role allows; it stays so until the caller's transaction ends."""
        asked = Role.objects.raw(RIGHTS, [self.pk])
        self.role = asked[0]
