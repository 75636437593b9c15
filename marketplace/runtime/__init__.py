"""Owns locating, starting and watching the processes of one machine; never holds a feature."""
