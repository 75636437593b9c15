"""Owns what the operator reads: the overview, comparisons, the log, exports. Never writes."""
