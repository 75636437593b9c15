"""Measures how right the answers are on judged queries; `python -m tests.bench.relevance`."""
