"""What happens to emails, one process a file."""
