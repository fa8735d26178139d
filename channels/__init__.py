"""What every channel is made of: tables, services, screens and REST, given a channel's own."""
