"""Django's connection to PostgreSQL, with a cheaper look at whether it still stands, and one word for its loss."""
