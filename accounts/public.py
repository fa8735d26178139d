"""What strangers reach: sign in and out, ask for a new password, choose the language."""

from allauth.account import views
from django.urls import path, re_path
from django.views.i18n import set_language

urlpatterns = [
    path("account/login", views.login, name="account_login"),
    path("account/logout", views.logout, name="account_logout"),
    path("account/password", views.password_reset, name="account_reset_password"),
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
    path("language", set_language, name="set_language"),
]
