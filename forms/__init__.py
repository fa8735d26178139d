"""Forms: where contacts come from."""
