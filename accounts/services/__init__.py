"""Processes of accounts."""
