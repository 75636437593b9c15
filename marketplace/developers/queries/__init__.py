"""Owns the reads of the API's description: the document and what the reference page shows of it."""
