"""Django's connection to PostgreSQL: asked less often whether it stands, one word for its loss."""
