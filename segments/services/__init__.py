"""Processes of segments, one file each."""
