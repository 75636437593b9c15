"""Owns the shapes of money at the API's edge, split by what a person does."""
