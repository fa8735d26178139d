"""What is done with categories and labels."""
