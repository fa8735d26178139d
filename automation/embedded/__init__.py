"""Servers this project starts by itself: PostgreSQL and the broker, for a folder or for tests."""
