"""Limits of benchmarks, written by hand."""
