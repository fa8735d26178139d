"""What the start page tells, worked out without seeing HTTP."""
