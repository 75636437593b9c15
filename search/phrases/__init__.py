"""The phrases that say a filter: prices, hours, languages, places; never applies one.

Each recogniser looks at folded text and yields what it is sure of. Sure means said with a cue
("moins de 30 €", "bilingue anglais", "à Lyon"): a bare word such as "anglais" may as well name the
work itself ("traduction anglais") and stays text.
"""

from search.phrases.amounts import with_tax
from search.phrases.bare_places import lands, towns
from search.phrases.base import Found, Said, Vocabulary
from search.phrases.budgets import budgets
from search.phrases.dates import dates
from search.phrases.elsewhere import theirs
from search.phrases.fixed import fixed
from search.phrases.forms import contracts, forms
from search.phrases.hours import windows
from search.phrases.kinds import kinds
from search.phrases.pairs import pairs
from search.phrases.peoples import peoples
from search.phrases.places import part_of_town, places
from search.phrases.prices import prices
from search.phrases.refused import REFUSED, refused
from search.phrases.spoken import bare_language, spoken, unspoken
from search.phrases.unknown import unknown
from search.phrases.weekly import weekly_hours
from search.phrases.years import years, years_in

__all__ = [
    "REFUSED", "Found", "Said", "Vocabulary", "bare_language", "budgets", "contracts", "dates",
    "fixed", "forms", "kinds", "lands", "pairs", "part_of_town", "peoples", "places", "prices",
    "refused", "spoken", "theirs", "towns", "unknown", "unspoken", "weekly_hours", "windows",
    "with_tax", "years", "years_in",
]  # fmt: skip
