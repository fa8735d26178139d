"""The one place where a contact's values are checked, shown to people and made comparable."""

from contacts.values.cleaning import clean
from contacts.values.identity import normal
from contacts.values.problem import ValueProblem, checked, checked_in
from contacts.values.showing import display

__all__ = ["ValueProblem", "checked", "checked_in", "clean", "display", "normal"]
