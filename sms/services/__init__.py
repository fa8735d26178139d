"""What happens to texts, one process a file."""
