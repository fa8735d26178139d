"""Plug-ins of every channel: each channel registers its own."""
