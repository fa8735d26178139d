"""Imports of files: how a file is written, what its columns mean, and the job that takes it in."""
