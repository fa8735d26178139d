"""Processes of tracking: recording what clients report."""
