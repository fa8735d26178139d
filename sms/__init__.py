"""Text messages: written, sent once, their receipts, replies and clicks."""
