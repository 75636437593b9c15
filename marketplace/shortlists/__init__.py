"""Profiles kept side by side: lists, private notes, a read-only link, reviews without names."""
