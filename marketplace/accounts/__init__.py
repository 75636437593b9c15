"""People, their ways in, their sessions and their API tokens."""
