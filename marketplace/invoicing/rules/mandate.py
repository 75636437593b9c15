"""Owns the text of the invoicing mandate in French and English; never stores a signature.

A third party may invoice in a supplier's name under a prior written mandate that states how long
the supplier may contest (CGI, annexe II, art. 242 nonies; BOI-TVA-DECLA-30-20-10).
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from marketplace.core.i18n import typographic
from marketplace.invoicing.rules.states import CONTEST_DAYS

OUTSIDE_SINCE: Final = 2  # earlier texts name services paid from held funds alone
TEMPLATES: Final = Path(__file__).parents[1] / "templates"


@dataclass(frozen=True, slots=True)
class Article:
    """One article, filled in."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Mandate:
    """The mandate as one assistant reads and signs it."""

    version: int
    language: str
    title: str
    articles: tuple[Article, ...]
    consent: str

    @property
    def text(self) -> str:
        """Everything as plain text, which is what is kept and hashed."""
        parts = [f"{self.title} ({self.version})"]
        parts += [f"{each.title}\n{each.text}" for each in self.articles]
        return "\n\n".join([*parts, self.consent])

    @property
    def sha256(self) -> str:
        """The hash by which a signature names exactly this text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@cache
def _source(language: str) -> dict[str, Any]:
    return tomllib.loads((TEMPLATES / f"mandate_{language}.toml").read_text("utf-8"))


def current_version() -> int:
    """The version of the text in force."""
    return int(_source("fr")["version"])


def mandate(language: str, *, assistant: str, platform: str, site: str) -> Mandate:
    """The text in force with its names filled in."""
    source = _source(language)
    values = {
        "assistant": assistant,
        "platform": platform,
        "site": site,
        "days": str(CONTEST_DAYS),
        "version": str(source["version"]),
    }
    printed = typographic if language == "fr" else str
    articles = tuple(
        Article(each["id"], each["title"], printed(each["text"].format_map(values)))
        for each in source["article"]
    )
    consent = printed(source["consent"].format_map(values))
    return Mandate(int(source["version"]), language, source["title"], articles, consent)
