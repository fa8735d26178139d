"""Keeps the processes of one data folder alive and ends them together."""
