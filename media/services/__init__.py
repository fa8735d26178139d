"""Taking images in, changing them, and keeping their files."""
