"""Exports in the background: asked for, written, fetched, forgotten after a day."""
