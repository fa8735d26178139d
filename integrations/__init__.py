"""Connections to other systems, such as CRMs: what goes there, and what became of it."""
