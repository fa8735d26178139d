"""Addresses at the moment of sending: checked once more, whoever stored them.

* checked(address) -> str      raises AddressRefused
"""

from contacts.values.addresses import email
from contacts.values.problem import ValueProblem


class AddressRefused(ValueError):  # noqa: N818 - it says what happened to the mail
    """The address cannot be written to."""


def checked(address: str) -> str:
    """Return the address as it goes over the wire: one mailbox, in ASCII, without spaces."""
    try:
        return email(address)
    except ValueProblem as problem:
        raise AddressRefused(problem.message) from None
