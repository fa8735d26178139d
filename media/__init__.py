"""The media library: images, kept once, served by addresses nobody can guess."""
