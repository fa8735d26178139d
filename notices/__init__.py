"""What the product tells the people who work with it."""
