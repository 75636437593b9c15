"""What is suggested while someone types: the order of skills, and the last words of several."""

from __future__ import annotations

import pytest

from marketplace.directory.queries import placenames, suggest
from marketplace.directory.queries.suggestions import suggest_towns


async def urls(typed: str, locale: str = "fr") -> list[str]:
    """Where the suggestions lead, best first."""
    return [one.url.partition("?")[2] for one in await suggest(typed, locale)]


@pytest.mark.parametrize(
    ("typed", "among_the_first", "wanted"),
    [
        ("secré", 3, "medical-secretary"),
        ("secretaire", 3, "medical-secretary"),
        ("secretaire", 1, "virtual-assistance"),
        ("fact", 1, "invoicing"),
        ("compta", 1, "bookkeeping"),
    ],
)
async def test_of_skills_that_begin_alike_the_one_it_is_most_often_said_of_comes_first(
    typed: str, among_the_first: int, wanted: str
) -> None:
    assert f"skill={wanted}" in (await urls(typed))[:among_the_first]


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("comptable lyo", "q=comptable&near=lyon"),
        ("comptable près de lyo", "q=comptable&near=lyon"),
        ("secrétaire aircal", "q=secr%C3%A9taire&tool=aircall"),
        ("assistante en factur", "q=assistante&skill=invoicing"),
        ("en lyo", "near=lyon"),
        ("standardiste ang", "q=standardiste&speaks=en%3AB2"),
        ("comptable 75011", "q=comptable&near=paris"),
        ("mars", "near=marseille"),
        ("75011", "near=paris"),
        ("paris 1", "near=paris"),
        ("air c", "tool=aircall"),
    ],
)
async def test_the_last_word_is_completed_and_those_before_stay(typed: str, wanted: str) -> None:
    assert (await urls(typed))[0] == wanted


async def test_what_begins_something_as_a_whole_is_not_taken_apart() -> None:
    assert all("q=" not in one for one in await urls("secrétaire médicale"))


@pytest.mark.parametrize("typed", ["comptable ly", "comptable pour", "comptable qui xyzzy"])
async def test_nothing_is_guessed_of_too_little(typed: str) -> None:
    assert await urls(typed) == []


def test_a_town_is_found_with_its_land_and_a_long_text_is_none() -> None:
    for typed in ("vienne autriche", "Washington district de columbia", "montreal qc"):
        assert placenames.town_typed(typed) is not None, typed
    assert placenames.town_typed("ab " * 100_000) is None
    assert suggest_towns("ab " * 100_000, "fr") == []
    assert placenames.VOCABULARY.town("ab " * 2_000) is None
