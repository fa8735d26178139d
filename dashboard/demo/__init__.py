"""Sample data worth clicking through: a made-up mountain shop and its people."""
