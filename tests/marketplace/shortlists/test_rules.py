"""Order, merged notes, letters and scores."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from marketplace.shortlists.rules import blind, lists


@given(
    st.lists(st.integers(), unique=True, max_size=8), st.integers(-2, 9), st.sampled_from([-1, 1])
)
def test_moving_keeps_everybody_and_only_neighbours_change(
    rows: list[int], index: int, step: int
) -> None:
    made = lists.moved(rows, index, step)
    assert sorted(made) == sorted(rows)
    differing = [n for n, pair in enumerate(zip(rows, made, strict=True)) if pair[0] != pair[1]]
    assert differing in ([], sorted([index, index + step]))


def test_notes_of_two_lists_are_both_kept_once() -> None:
    assert lists.joined_notes("a", "b") == "a\nb"
    assert lists.joined_notes("", "b") == "b"
    assert lists.joined_notes("said: b", "b") == "said: b"
    whole = lists.joined_notes("a" * 1999, "b" * 1999)  # too long to be kept: nothing is cut
    assert whole.count("a") == whole.count("b") == 1999


@given(st.integers(0, blind.CANDIDATES_MOST))
def test_letters_are_the_first_ones_each_once(count: int) -> None:
    drawn = blind.letters(count)
    assert sorted(drawn) == list("ABCDEFGHIJKL"[:count])


def test_every_candidate_needs_every_score_in_range() -> None:
    assert blind.unscored({"A": [1, 5], "B": [3]}, ["A", "B", "C"], 2) == [
        ("B", 1),
        ("C", 0),
        ("C", 1),
    ]
    assert blind.unscored({"A": [0]}, ["A"], 1) == [("A", 0)]
    assert blind.mean([{"A": [1, 2]}, {"A": [3, 4]}], "A") == 2.5
    assert blind.mean([], "A") is None
