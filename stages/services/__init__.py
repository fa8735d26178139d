"""Moving many people to a stage at once."""
