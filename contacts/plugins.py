"""What contacts offer to the other apps."""

from contacts import filters as filters
