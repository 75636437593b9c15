"""Owns what the search page shows of an answer: cards, chips, ways out; never finds anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from marketplace.directory import queries
from marketplace.directory.pages import cards, reasons, sheet
from marketplace.directory.pages.addresses import address
from marketplace.directory.queries import wishes
from marketplace.web import kept
from marketplace.web.pieces import filled, hole, text
from marketplace.web.templates import environment, render_text
from search import nearby, ranking, senses
from search.query import dropped

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

PAGES_MAX = 50


async def drawn(
    found: queries.Found, locale: str, hearts: AbstractSet[str], *, counts_later: bool = False
) -> bytes:
    """Everything found, as `directory/_results.html` has it; `hearts` are whom the viewer keeps."""
    query, answer = found.query, found.answer
    first = address(locale, query, page="")
    explained = query.explain and not found.plain
    shown = {
        "q": query,
        "found": found,
        "answer": answer,
        "some": bool(answer.hits or answer.turns),
        "nearby": _nearby(found, locale),
        "chips": sheet.chips(query, locale),
        "own": address(locale, query),
        "counts_later": counts_later,
        "first": first,
        "reasons": address(locale, query, explain="" if explained else "1"),
        "drop": await _drop(found, locale),
        "explained": explained,
        "quota": ranking.QUOTA,
        "draw": reasons.replay(answer.rotation) if query.explain else [],
    }
    meant = senses.asked(query.q).codes.union(query.skill, query.tool)
    page = render_text("directory/_results.html", locale, shown).encode()
    return filled(
        page,
        {
            "orders": kept.drawn(
                locale, "directory/_filters.html", "orders", query.sort, query.near != ""
            ),
            "cards": _cards(found, meant, locale, hearts),
            "pager": _pager(found, locale),
            **_nearby_cards(found, meant, locale, hearts),
        },
    )


def _cards(
    found: queries.Found, meant: frozenset[str], locale: str, hearts: AbstractSet[str]
) -> bytes:
    """The cards in order, with the turns of newcomers at their published places."""

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


def _pager(found: queries.Found, locale: str) -> bytes:
    """Links to the other pages: one address but for the number."""
    pages = min(found.answer.pages, PAGES_MAX)
    if pages <= 1:
        return b""
    href = Markup("{}{{page}}{}").format(hole("before"), hole("after"))
    drawn = kept.drawn(locale, "components/ui.html", "pager", found.query.page, pages, href, True)
    before, number, after = address(locale, found.query, page="9999").partition("page=9999")
    return filled(drawn, {"before": text(before + number[:-4]), "after": text(after)})


def _nearby(found: queries.Found, locale: str) -> list[dict[str, Any]]:
    """Who follows where few were found, under the wish let go, with the address of them all."""
    rows = []
    for number, one in enumerate(found.answer.nearby):
        work = one.wish[0] == nearby.WORK
        whole = work or one.total <= len(one.hits)
        rows.append(
            {
                "wish": "" if work else wishes.label(found.query, *one.wish, locale),
                "all": "" if whole else _without(found, *one.wish, locale),
                "total": one.total,
                "cards": hole(f"nearby{number}"),
            }
        )
    return rows


def _nearby_cards(
    found: queries.Found, meant: frozenset[str], locale: str, hearts: AbstractSet[str]
) -> dict[str, bytes]:
    return {
        f"nearby{number}": b"".join(
            cards.listed(raw, meant, found, locale, kept=raw["id"] in hearts, turn=False)
            for raw in one.hits
        )
        for number, one in enumerate(found.answer.nearby)
    }


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
