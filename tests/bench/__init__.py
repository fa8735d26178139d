"""Benchmarks, one module a name: `run(bench)` measures beside a hand-written limit."""
