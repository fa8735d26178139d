"""Addresses of the frame itself."""

from django.urls import path

from backoffice.views import Find, TakeBack

app_name = "backoffice"
urlpatterns = [
    path("find", Find.as_view(), name="find"),
    path("undo", TakeBack.as_view(), name="undo"),
]
