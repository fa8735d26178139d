"""Images by REST."""

from media.api import images

__all__ = ["images"]
