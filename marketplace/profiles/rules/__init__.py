"""Owns the pure rules of profiles, one noun a module; never reads or writes."""
