"""Addresses of the REST API: whatever the apps' `api.py` registered, and its description."""

from django.urls import include, path
from django.utils.module_loading import autodiscover_modules

from api.documentation import Docs, Schema
from api.routers import urls

autodiscover_modules("api")

app_name = "api"
urlpatterns = [
    path("v1/", include([*urls(), path("schema", Schema.as_view(), name="schema")])),
    path("docs", Docs.as_view(), name="docs"),
]
