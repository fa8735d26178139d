"""Segments: groups of contacts, kept by hand or by a filter that follows every change."""
