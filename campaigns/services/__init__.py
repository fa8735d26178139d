"""How contacts enter a campaign, go through it and leave it."""
