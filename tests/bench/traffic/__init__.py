"""Traffic that benchmarks measure under: processes that write at a steady rate."""
