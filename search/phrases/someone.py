"""Owns what people who work here are called, as far as a pattern can tell; never what they do."""

from __future__ import annotations

from typing import Final

SOMEONE: Final = (
    r"(?:(?:assist|consult|account)ant\w*|secretar\w+|(?:\w+-?)?secretaires?|comptables?"
    r"|gestionnaires?|conseill\w+|standardistes?|receptionist\w*|freelances?"
    r"|\w{3,}ist(?:es?|s)?|\w{3,}(?:eur|euse|trice)s?|redac\w+|hot(?:e|esse)s?|bookkeepers?"
    r"|\w*(?:manag|writ|design|plann|recruit|market|train|develop)ers?|\w+[aeiu]tors?|va|pa|cm)"
)
"""Trades by their ending: "standardiste", "traductrice", "translator"; each in both genders."""
ANYONE: Final = (
    r"(?:quelqu'un|qqn|une? personne|someone|somebody|anyone|a person|people|personnes?)"
)
