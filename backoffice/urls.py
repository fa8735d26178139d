"""Addresses of the frame itself."""

from django.urls import path

from backoffice.views import Find, Session, Settings, TakeBack

app_name = "backoffice"
urlpatterns = [
    path("find", Find.as_view(), name="find"),
    path("session", Session.as_view(), name="session"),
    path("settings", Settings.as_view(), name="settings"),
    path("undo", TakeBack.as_view(), name="undo"),
]
