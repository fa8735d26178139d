"""What happens with forms, one process a file."""
