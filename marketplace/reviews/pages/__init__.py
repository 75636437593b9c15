"""Owns the pages of reviews: those of the two sides, and what anybody may read."""

from __future__ import annotations

from marketplace.reviews.pages import public, rooms
from marketplace.reviews.pages.router import pages

__all__ = ["pages", "public", "rooms"]
