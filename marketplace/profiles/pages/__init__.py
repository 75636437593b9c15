"""The HTML routes of profiles; the modules register them, this only gathers."""

from marketplace.profiles.pages import editor, mine, photos
from marketplace.profiles.pages.router import pages

__all__ = ["editor", "mine", "pages", "photos"]
