"""How an object of one app is shown by the faces of another, which must not import each other."""

from django.core.exceptions import ImproperlyConfigured

from api.serializers import ModelSerializer

AnySerializer = type[ModelSerializer]  # type: ignore[type-arg]
_shown: dict[str, AnySerializer] = {}


def declare(kind: str, serializer: AnySerializer) -> AnySerializer:
    """Say how objects of a kind (`contact`) are shown; called beside the serializer."""
    if _shown.get(kind, serializer) is not serializer:
        raise ImproperlyConfigured(f"Objects of kind {kind} are shown in two ways.")
    _shown[kind] = serializer
    return serializer


def shown(kind: str) -> AnySerializer:
    """Return the serializer of a kind."""
    return _shown[kind]
