"""What comes in from visitors and systems: links, the local spool, custom events."""
