"""What points do to many contacts at once."""
