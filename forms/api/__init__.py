"""Forms by REST."""

from forms.api import forms, submissions

__all__ = ["forms", "submissions"]
