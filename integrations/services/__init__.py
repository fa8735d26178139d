"""What connections do."""
