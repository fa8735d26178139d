"""Tests of the project itself: start, environment, gates."""
