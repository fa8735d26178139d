"""Services of every channel; what they ask of a channel is in `channel`."""
