"""REST of every channel; an app's `api` alone puts it to use."""
