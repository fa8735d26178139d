"""Screens of every channel; an app's `backoffice` alone puts them to use."""
