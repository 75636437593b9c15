"""Owns how a rank is told to people: the panel of a card and the published page; ranks nobody."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import RedirectResponse, Response

from marketplace.core import clock
from marketplace.core.i18n import _, format_date, format_number, gettext, ngettext
from marketplace.directory import queries
from marketplace.directory.queries import exposed, views
from marketplace.web.templates import render
from search import ranking as ranking_rules
from search import rating
from search.ranking import RECENCY_START

if TYPE_CHECKING:
    from starlette.requests import Request

    from search.ranking import Rotation

RULES: Final = {
    "distance": _("Distance"),
    "words": _("Meanings and words found"),
    "typo": _("Spelling"),
    "proximity": _("Words close together"),
    "exactness": _("Exact words"),
    "attribute": _("Where the words stand"),
    "merit": _("Replies and recent changes"),
    "lot": _("Fixed lot"),
    "rate_eur_minor": _("Hourly rate"),
    "standing": _("Rating, weighed by reviews"),
    "reviews": _("Reviews"),
    "response_minutes": _("Usual time to reply"),
    "published_at": _("Published"),
}
BANDS: Final = {
    "proximity": (
        (1.0, _("side by side")),
        (0.5, _("close to each other")),
        (0.0, _("far from each other")),
    ),
    "attribute": (
        (0.9, _("where it counts most")),
        (0.5, _("where it counts less")),
        (0.0, _("where it counts least")),
    ),
}
"""From which score on, of 1, a rule's points are told so."""
WHOLE: Final = {
    "exactMatch": _("a part of the profile says just this"),
    "matchesStart": _("a part of the profile begins with this"),
}
EXPLAINED: Final = (
    ("words", _("How much of what you typed is found in the profile. A phrase that names a skill "
                "or a tool, in either language and however spelled, counts as one meaning, and "
                "once more for those who surely do it; any other word counts by itself. A whole "
                "headline counts once more for whose it is.")),
    ("typo", _("How many letters differ from what you typed; exact spelling comes first.")),
    ("attribute", _("Where they are found: the first skill before the others, then tools, their "
                    "other names, the headline, the trade, name, town, region, presentation.")),
    ("proximity", _("Whether your words stand together in the same part of the profile.")),
    ("exactness", _("Whether a word is found whole rather than as the beginning of another.")),
    ("merit", _("Among people who fit equally well: the sum of weighted facts shown below.")),
    ("lot", _("Among people equal in all of that: a number made from the profile's identifier, "
              "which nobody can choose.")),
)  # fmt: skip


def rows(explained: dict[str, Any], locale: str) -> list[tuple[str, str]]:
    """(rule, what it says of this person) in the order in which rules decide."""
    return [
        (gettext(RULES.get(part["rule"], part["rule"]), locale), _said(part, locale))
        for part in explained["parts"]
    ]


def _said(part: dict[str, Any], locale: str) -> str:
    facts = part.get("facts", {})
    rule = part["rule"]
    if rule == "words":
        text = _("%(found)s of %(all)s")
        found, every = facts.get("matchingWords", 0), facts.get("maxMatchingWords", 0)
        return gettext(text, locale, found=found, all=every)
    if rule == "merit":
        terms = " + ".join(
            f"{format_number(one['weight'], locale)} × {format_number(one['value'], locale, 1)}"
            for one in facts.values()
        )
        return f"{terms} = {format_number(part['value'], locale, 1)}"
    if "direction" in part:
        return _value(rule, part["value"], locale)
    if rule == "typo":
        return _slips(facts.get("typoCount", 0), locale)
    if rule == "exactness":
        return _exact(facts, locale)
    points = gettext(
        _("%(points)s out of 100"), locale, points=format_number(part["score"] * 100, locale, 1)
    )
    told = next((text for least, text in BANDS.get(rule, ()) if part["score"] >= least), "")
    return f"{gettext(told, locale)} ({points})" if told else points


def _slips(count: int, locale: str) -> str:
    if not count:
        return gettext(_("as you typed it"), locale)
    return ngettext("%(num)s slip overlooked", "%(num)s slips overlooked", count, locale)


def _exact(facts: dict[str, Any], locale: str) -> str:
    """Meilisearch gives all words found whole a third of its points, a whole field all of them."""
    if told := WHOLE.get(facts.get("matchType", "")):
        return gettext(told, locale)
    found, every = facts.get("matchingWords", 0), facts.get("maxMatchingWords", 0)
    return gettext(_("%(found)s of %(all)s found whole"), locale, found=found, all=every)


def _value(rule: str, value: float | None, locale: str) -> str:
    if value is None:
        return gettext(_("unknown: comes last"), locale)
    if rule == "lot":  # the API has the number
        return gettext(_("decides only among people equal in all of the above"), locale)
    if rule == "published_at":
        return format_date(datetime.fromtimestamp(value, UTC), locale, "medium")
    if rule == "response_minutes":
        return f"{format_number(value, locale)} min"
    if rule == "rate_eur_minor":
        return f"{format_number(value / 100, locale, 2)} EUR"
    if rule == "distance":
        return f"{format_number(value, locale, 1)} km"
    return format_number(value, locale, 2 if rule == "standing" else 0)


async def ranking(request: Request) -> Response:
    """How results are ordered, under a version."""
    locale = request.state.locale
    context: dict[str, Any] = {
        "published": views.published(_day(request.query_params.get("day", ""))),
        "today": clock.today("UTC"),
        "exposed": await exposed.figures(locale, public=True),
        "rules": [
            (gettext(RULES[name], locale), gettext(text, locale)) for name, text in EXPLAINED
        ],
        "start": RECENCY_START,
        "rating": rating,
        "canonical": f"/{locale}/ranking",
    }
    return render(request, "directory/ranking.html", **context)


def _day(wish: str) -> date:
    """The day whose turns are asked for, today when it is none or still to come."""
    today = clock.today("UTC")
    try:
        return min(date.fromisoformat(wish), today)
    except ValueError:
        return today


async def replay(rotation: Rotation | None) -> list[tuple[str, str, bool, tuple[str, str]]]:
    """(ticket, profile's id, shown, (name, slug)) of an explained search's newcomers.

    The smallest ticket comes first; who has just left the directory has no name.
    """
    if rotation is None:
        return []
    named = await queries.names(rotation.candidates)
    return [
        (
            ranking_rules.ticket(rotation.seed, id_),
            id_,
            id_ in rotation.placed,
            named.get(id_, ("", "")),
        )
        for id_ in rotation.candidates
    ]


async def ranking_in_french(request: Request) -> Response:
    """The French address of the same page."""
    return RedirectResponse(f"/{request.state.locale}/ranking", 301)
