"""Connections by REST."""

from integrations.api import connections

__all__ = ["connections"]
