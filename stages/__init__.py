"""Stages: how far people have come."""
