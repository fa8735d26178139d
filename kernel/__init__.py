"""Contracts, events, change sets, work and time: what every app stands on, knowing none."""
