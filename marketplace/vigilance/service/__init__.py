"""Owns what is done with papers: handed in, checked, reminded of, asked for before money."""

from marketplace.vigilance.service.gate import require_papers
from marketplace.vigilance.service.handing import check, hand_in, waive

__all__ = ["check", "hand_in", "require_papers", "waive"]
