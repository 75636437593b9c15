"""A comparison counts what two looks find just the same; what moved meanwhile is no difference."""

from __future__ import annotations

from payments import reconcile
from payments.money import Money
from payments.reconcile import Difference, Report


def report(*differences: tuple[str, int, int], same: int = 1_000) -> Report:
    """A look that found these (source, Stripe's cents, ours) besides what agrees."""
    named = tuple(
        Difference(source, Money(stripe, "EUR"), Money(books, "EUR"))
        for source, stripe, books in differences
    )
    theirs = same + sum(each[1] for each in differences)
    ours = same + sum(each[2] for each in differences)
    totals = {"EUR": Money(theirs, "EUR")}, {"EUR": Money(ours, "EUR")}
    return Report(9, 9, named, *totals)


async def looked(*looks: Report) -> tuple[Report, int]:
    """What comes of these looks, and how many of them it took."""
    left = list(looks)

    async def look() -> Report:
        return left.pop(0)

    found = await reconcile.twice(look)
    return found, len(looks) - len(left)


async def test_a_clean_look_is_enough() -> None:
    assert await looked(report(), report(("x", 1, 2))) == (report(), 1)


async def test_what_only_one_look_saw_is_no_difference() -> None:
    found, took = await looked(report(("ch_A", 0, 100)), report(("ch_B", 0, 50), same=1_100))
    assert (found.clean, found.differences, took) == (True, (), 2)
    found, _ = await looked(report(("ch_A", 0, 100)), report(("ch_A", 100, 40)))
    assert found.clean  # another difference than before: it moved


async def test_what_both_saw_stays_with_the_totals_it_makes() -> None:
    lasting = ("tu_lost", 0, 500)
    found, _ = await looked(report(lasting, ("ch_A", 7, 0)), report(lasting, ("ch_B", 50, 0)))
    assert [each.source for each in found.differences] == ["tu_lost"]
    assert not found.clean
    assert found.books_totals["EUR"] - found.stripe_totals["EUR"] == Money(500, "EUR")
