"""Interests: what conditions ask of them."""

from points import interest_filters

interest_filters.declare()
