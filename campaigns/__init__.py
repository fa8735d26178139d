"""Campaigns: journeys that react to what happens to a contact."""
