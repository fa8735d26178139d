"""The frame of the back office: layout, menu, start page."""
