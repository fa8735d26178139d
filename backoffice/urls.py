"""Addresses of the frame itself."""

from django.urls import path

from backoffice.views import Start

app_name = "backoffice"
urlpatterns = [path("", Start.as_view(), name="start")]
