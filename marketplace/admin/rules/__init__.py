"""Owns what holds for the operator's acts, comparisons and exports; never reads a row."""
