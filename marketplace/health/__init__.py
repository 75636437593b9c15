"""Owns telling machines whether this instance works; never anything for people."""
