"""What strangers reach: signing in and out, passwords, invitations, the language."""

from allauth.account import views
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path, re_path
from django.utils.translation import check_for_language
from django.views.i18n import LANGUAGE_QUERY_PARAMETER, set_language

from accounts.models import User
from accounts.models.users import Language
from accounts.public.invitations import Invited, Link


def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Speak another language: in this browser, and to this user wherever they sign in."""
    wanted = request.POST.get(LANGUAGE_QUERY_PARAMETER, "")
    if isinstance(request.user, User) and wanted in Language.values and check_for_language(wanted):
        User.objects.filter(pk=request.user.pk).update(language=wanted, language_chosen=True)
    return set_language(request)


urlpatterns = [
    path("account/login", views.login, name="account_login"),
    path("account/logout", views.logout, name="account_logout"),
    path("account/password", views.password_reset, name="account_reset_password"),
    path("account/password/change", views.password_change, name="account_change_password"),
    path("account/password/sent", views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^account/password/new/(?P<uidb36>[0-9A-Za-z]{1,13})-(?P<key>[\w-]{1,128})$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "account/password/changed",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("account/invitation", Invited.as_view(), name="account_invited"),
    re_path(
        r"^account/invitation/(?P<token>[\w.:-]{1,200})$",
        Link.as_view(),
        name="account_invitation",
    ),
    path("language", choose_language, name="set_language"),
]
