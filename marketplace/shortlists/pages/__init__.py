"""Owns the pages of shortlists; all of them work without JavaScript."""

from __future__ import annotations

from marketplace.shortlists.pages import blind, lists, sharing
from marketplace.shortlists.pages.router import pages

__all__ = ["blind", "lists", "pages", "sharing"]
