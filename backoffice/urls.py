"""Addresses of the frame itself."""

from django.urls import path

from backoffice.views import Find, Start, TakeBack

app_name = "backoffice"
urlpatterns = [
    path("", Start.as_view(), name="start"),
    path("find", Find.as_view(), name="find"),
    path("undo", TakeBack.as_view(), name="undo"),
]
