"""The one router: apps register what they offer in `api.py`, without trailing slashes."""

from collections.abc import Callable
from typing import TypeVar

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from kernel.addresses import by_first_word

V = TypeVar("V", bound=type[GenericViewSet])  # type: ignore[type-arg]
W = TypeVar("W", bound=type[APIView])

_router = SimpleRouter(trailing_slash=False)
_paths: list[URLPattern] = []


def resource(prefix: str) -> Callable[[V], V]:
    """Serve a view set under `prefix` and `prefix/{id}`; used as a class decorator."""

    def register(views: V) -> V:
        _router.register(prefix, views, basename=prefix)
        return views

    return register


def endpoint(route: str, name: str | None = None) -> Callable[[W], W]:
    """Serve one view at a path, such as `contacts/search`; used as a class decorator."""

    def register(view: W) -> W:
        _paths.append(path(route, view.as_view(), name=name or route.replace("/", "-")))
        return view

    return register


def urls() -> list[URLPattern | URLResolver]:
    """Return every address; single ones first, so that none is taken for an id."""
    return by_first_word([*_paths, *_router.urls])
