"""Owns what the search page shows of an answer: cards, chips, ways out; never finds anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marketplace.core.i18n import _, format_number, gettext, ngettext
from marketplace.directory import queries
from marketplace.directory.pages import cards, filters, reasons, sheet
from marketplace.directory.pages.addresses import address
from marketplace.directory.queries import reviewed, views, wishes
from marketplace.web import kept
from marketplace.web.pieces import filled, hole, text
from marketplace.web.templates import environment
from search import nearby, ranking, senses
from search.index_settings import MAX_HITS
from search.query import dropped

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

TEMPLATE = "directory/_results.html"
_NUMBER = "9999"
_PAGER_HREF = hole("before") + "{page}" + hole("after")


async def drawn(
    found: queries.Found,
    locale: str,
    hearts: AbstractSet[str],
    zone: str,
    *,
    counts_later: bool = False,
) -> bytes:
    """Everything found, as `directory/_results.html` has it; `hearts` are whom the viewer keeps.

    `zone` is the visitor's, to whose money rates are told.
    """
    query, answer, plain = found.query, found.answer, found.plain
    some = bool(answer.hits or answer.turns)
    explained = query.explain and not plain
    chips = sheet.chips(query, locale)
    drop = await _drop(found, locale)
    several = answer.total > 1 and not plain
    past = query.page > 1 and answer.total > 0
    own, first = address(locale, query), address(locale, query, page="")
    total = format_number(answer.total, locale)
    pieces = {
        "total": text(total + "+" * (answer.total == MAX_HITS and answer.capped)),
        "match": text(ngettext("profile matches", "profiles match", answer.total, locale)),
        "own": text(own),
        "zone": text(zone),
        "first": text(first),
        "asked": text(first.partition("?")[2]),
        "currency": text(query.money),
        "saved": text(first.replace("/assistants", "/saved-searches/new", 1)),
        "blind": text(first.replace("/assistants", "/shortlists/blind", 1)),
        "reasons": text(address(locale, query, explain="" if explained else "1")),
        "orders": filters.orders(query, locale, rated=await reviewed.anybody()),
        "chips": b"".join(_chip(*one, locale) for one in chips),
        "cards": _cards(found, locale, hearts),
        "draw": await _draw(found, locale),
        "pager": _pager(found, locale),
        "drop": b"".join(_macro(locale, "way_out", *one) for one in drop),
        "nearby": _nearby(found, locale, hearts, own="" if some else own),
    }
    state = (counts_later, len(chips), some, plain, explained, several, answer.capped, past)
    return filled(kept.drawn(locale, TEMPLATE, "results", *state, bool(drop)), pieces)


def _macro(locale: str, name: str, *given: object) -> bytes:
    """What a macro draws now, for one search alone."""
    module: Any = environment(locale).get_template(TEMPLATE).module
    return text(getattr(module, name)(*given))


def _chip(label: str, href: str, words: str, locale: str) -> bytes:
    said = gettext(_("from “%(words)s”"), locale, words=words) if words else ""
    pieces = {"label": text(label), "href": text(href), "said": text(said)}
    return filled(kept.drawn(locale, TEMPLATE, "chip", bool(said)), pieces)


def _cards(found: queries.Found, locale: str, hearts: AbstractSet[str]) -> bytes:
    """The cards in order, with the turns of newcomers at their published places."""
    meant = _meant(found)

    def card(raw: dict[str, Any], *, turn: bool) -> bytes:
        made = cards.listed(raw, meant, found, locale, kept=raw["id"] in hearts, turn=turn)
        return filled(made, {"reasons": _reasons(raw, locale)}) if "explain" in raw else made

    listed = [card(raw, turn=False) for raw in found.answer.hits]
    for place, raw in zip(ranking.TURNS, found.answer.turns, strict=False):
        listed.insert(place - 1, card(raw, turn=True))
    return b"".join(listed)


def _reasons(raw: dict[str, Any], locale: str) -> bytes:
    module: Any = environment(locale).get_template("directory/_listed.html").module
    return text(module.reasons(raw["id"], reasons.rows(raw["explain"], locale)))


def _meant(found: queries.Found) -> frozenset[str]:
    """The codes looked for, which cards show first."""
    return senses.asked(found.query.wish).codes.union(found.query.skill, found.query.tool)


async def _draw(found: queries.Found, locale: str) -> bytes:
    """Who drew which number for the turns of an explained search."""
    rotation = found.answer.rotation
    draw = await reasons.replay(rotation) if found.query.explain else []
    return _macro(locale, "turns", draw, rotation.seed, ranking.QUOTA) if draw and rotation else b""


def _pager(found: queries.Found, locale: str) -> bytes:
    """Links to the other pages: one address but for the number."""
    pages = found.answer.pages
    if pages <= 1:
        return b""
    facts = (found.query.page, pages, _PAGER_HREF, True)
    drawn = kept.drawn(locale, "components/ui.html", "pager", *facts)
    before, number, after = address(locale, found.query, page=_NUMBER).partition(f"page={_NUMBER}")
    return filled(
        drawn, {"before": text(before + number.removesuffix(_NUMBER)), "after": text(after)}
    )


def _nearby(found: queries.Found, locale: str, hearts: AbstractSet[str], *, own: str) -> bytes:
    """Who follows where few were found, under the wish let go, with the address of them all.

    `own` is the page's address when they are the only ones who can be kept there.
    """
    meant = _meant(found)
    rows, pieces = [], {"own": text(own), "currency": text(found.query.money)}
    pieces["asked"] = text(address(locale, found.query).partition("?")[2])
    for number, one in enumerate(found.answer.nearby):
        work = one.wish[0] == nearby.WORK
        whole = work or one.total <= len(one.hits)
        rows.append(
            {
                "title": wishes.kindred(found.query, locale) if work else "",
                "wish": "" if work else wishes.label(found.query, *one.wish, locale),
                "skills": [skill["label"] for skill in views.offered(one, locale)],
                "all": "" if whole else _without(found, *one.wish, locale),
                # The link leads to the search without the wish: who was found is there as well.
                "total": found.answer.total + one.total,
                "cards": hole(f"cards{number}"),
            }
        )
        first = meant.union(one.skills)
        pieces[f"cards{number}"] = b"".join(
            cards.listed(raw, first, found, locale, kept=raw["id"] in hearts, turn=False)
            for raw in one.hits
        )
    one_missed = any(row["wish"] for row in rows) or wishes.besides(found.query)
    return filled(_macro(locale, "near", rows, one_missed, bool(own)), pieces) if rows else b""


async def _drop(found: queries.Found, locale: str) -> list[tuple[str, str, int]]:
    """What to take away when nobody was found: (label, address, how many then)."""
    if found.answer.total or found.plain:
        return []
    rows = await queries.without_each(found.query)
    return [
        (
            wishes.label(found.query, name, value, locale),
            _without(found, name, value, locale),
            n,
        )
        for name, value, n in rows
    ]


def _without(found: queries.Found, name: str, value: str, locale: str) -> str:
    return address(locale, dropped(found.query, name, value))
