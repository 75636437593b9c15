"""Measures the search: `python -m tests.bench.search`, explained in tests/bench/README.md."""
