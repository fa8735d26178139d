"""One line of what needs attention."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Notice:
    """What is wrong, what it means, where to go."""

    icon: str
    hue: str
    title: str
    detail: str
    url: str
