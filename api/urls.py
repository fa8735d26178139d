"""Addresses of the REST API: whatever the apps' `api.py` registered."""

from django.urls import path
from django.utils.module_loading import autodiscover_modules

from api.documentation import Schema
from api.routers import urls

autodiscover_modules("api")

app_name = "api"
urlpatterns = [
    *urls(),
    path("schema", Schema.as_view(), name="schema"),
]
