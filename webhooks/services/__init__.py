"""What is posted to other systems."""
