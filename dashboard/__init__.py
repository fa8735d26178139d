"""First steps, the start page, and running jobs."""
