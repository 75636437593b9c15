"""The French catalogue is whole, sure of itself, and typeset as French is."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from marketplace.core import i18n
from tests.frontend.places import LOCALES, ROOT, TEMPLATES

KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
JINJA = {"trim_blocks": "true", "lstrip_blocks": "true", "newstyle_gettext": "true"}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
Key = str | tuple[str, ...]


def sources() -> Iterator[tuple[str, Path]]:
    """Every file with texts for people, and how babel reads it."""
    for file in sorted(TEMPLATES.rglob("*")):
        if file.suffix in {".html", ".txt"}:
            yield "jinja2", file
    for folder in ("marketplace", "payments", "search"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            yield "python", file


def spoken() -> dict[Key, str]:
    """Every msgid of the sources with the first file that says it."""
    found: dict[Key, str] = {}
    for method, file in sources():
        options = JINJA if method == "jinja2" else {}
        for _, key, _, _ in extract_from_file(method, file, keywords=KEYWORDS, options=options):
            texts = tuple(key) if isinstance(key, tuple | list) else key
            found.setdefault(texts, str(file.relative_to(ROOT)))
    return found


@lru_cache(maxsize=1)
def entries() -> tuple[tuple[str, Message], ...]:
    """Every entry of the French files with the name of its file."""
    return tuple(
        (file.name, message)
        for file in sorted((LOCALES / "fr").glob("*.po"))
        for message in read_po(io.BytesIO(file.read_bytes()), locale="fr")
        if message.id
    )


def texts(value: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """One or both forms of an entry."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def test_every_text_has_its_french() -> None:
    known = {texts(m.id)[0] for _, m in entries() if all(texts(m.string))}
    missing = {texts(key)[0]: file for key, file in spoken().items() if texts(key)[0] not in known}
    assert not missing, "\n".join(f"{file}: {text}" for text, file in missing.items())


def test_no_entry_is_fuzzy() -> None:
    assert not [(file, message.id) for file, message in entries() if message.fuzzy]


def test_one_english_text_has_one_french_text() -> None:
    """The files are merged: of two translations the first would win, by the file's name."""
    said: dict[str, set[str]] = {}
    for _, message in entries():
        french = i18n.typographic(texts(message.string)[0])
        said.setdefault(texts(message.id)[0], set()).add(french)
    assert not {english: found for english, found in said.items() if len(found) > 1}


def test_a_payment_that_is_confirmed_is_no_level_of_a_skill() -> None:
    """Catalogues are one name space: a word with two meanings needs two English texts."""
    assert i18n.gettext("Confirmed", "fr") == "Confirmé"
    assert i18n.gettext("Proficient", "fr") == "Maîtrise"


def test_french_keeps_every_placeholder() -> None:
    wrong = [
        (file, message.id)
        for file, message in entries()
        for english, french in zip(texts(message.id), texts(message.string), strict=True)
        if not set(PLACEHOLDER.findall(french))
        <= set(PLACEHOLDER.findall(" ".join(texts(message.id))))
        or (
            isinstance(message.id, str)
            and set(PLACEHOLDER.findall(french)) != set(PLACEHOLDER.findall(english))
        )
    ]
    assert not wrong


def test_french_is_typeset_as_french() -> None:
    """NBSP before a colon and inside quotation marks, NNBSP before ; ? !, curly apostrophes."""
    loaded = i18n.translations("fr")
    wrong = []
    for _, message in entries():
        singular = texts(message.id)[0]
        text = (
            loaded.ungettext(singular, singular, 2)
            if message.pluralizable
            else loaded.ugettext(singular)
        )
        if re.search(r"[ \u00a0][;?!](?!\w)| :(?=\s|$)|« | »|(?<=\w)'(?=\w)", text):
            wrong.append(text)
    assert not wrong


@pytest.mark.parametrize("banned", ["séquestre", "·e", "·trice", "·ne", "(e)", "Veuillez"])
def test_french_avoids_words_we_do_not_use(banned: str) -> None:
    used = [
        m.string for _, m in entries() if any(banned.lower() in s.lower() for s in texts(m.string))
    ]
    assert not used


@pytest.mark.parametrize("banned", ["escrow"])
def test_english_says_held_funds(banned: str) -> None:
    said = [key for key in spoken() if any(banned in text.lower() for text in texts(key))]
    assert not said


def test_french_plural_counts_zero_as_one() -> None:
    one, many = "%(num)s profile", "%(num)s profiles"
    assert [i18n.ngettext(one, many, n, "fr") for n in (0, 1, 2)] == [
        "0 profil",
        "1 profil",
        "2 profils",
    ]
    assert [i18n.ngettext(one, many, n, "en") for n in (0, 1)] == ["0 profiles", "1 profile"]


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("Prêt ?", "Prêt\u202f?"),
        ("L'heure : 9 h", "L\u2019heure\u00a0: 9\u00a0h"),
        ("« oui »", "«\u00a0oui\u00a0»"),
        (
            "1 000 000 F, 5 000 € en 2026 500 fois",
            "1\u202f000\u202f000 F, 5\u202f000\u00a0€ en 2026 500 fois",
        ),
        ("5 % de 38 €", "5\u00a0% de 38\u00a0€"),
        ("%(n)s %%", "%(n)s\u00a0%%"),
        ("http://x/?a=b;c", "http://x/?a=b;c"),
    ],
)
def test_typography_is_set_whoever_typed(typed: str, set_: str) -> None:
    assert i18n.typographic(typed) == set_
    assert i18n.typographic(set_) == set_
