"""Owns the one list of routes that the page modules of profiles register in."""

from marketplace.web.routing import Pages

pages = Pages("profiles")
