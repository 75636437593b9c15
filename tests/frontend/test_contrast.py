"""Every pair of colours that the style sheets put together is readable, light and dark (WCAG 2.2)."""

from __future__ import annotations

import re

import pytest

from tests.frontend.places import STYLES

TEXT, LARGE_OR_CONTROL = 4.5, 3.0
TOKEN = re.compile(r"--([\w-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)", re.IGNORECASE)
PAPERS = ("paper", "surface", "sunken", "raised")
TEXT_PAIRS = [
    *((ink, paper) for ink in ("ink", "ink-2", "ink-3") for paper in PAPERS),
    *(("brand-ink", paper) for paper in (*PAPERS, "tint", "tint-2")),
    *(("danger-ink", paper) for paper in (*PAPERS, "danger-tint")),
    ("on-brand", "brand"),
    ("on-brand", "brand-h"),
    ("on-danger", "danger"),
    ("on-danger", "danger-h"),
    ("sun-ink", "sun-tint"),
    ("sun-ink", "surface"),
    ("info-ink", "info-tint"),
    ("info-ink", "surface"),
    ("ink", "tint"),
    ("ink-2", "tint"),
    ("ink", "danger-tint"),
    ("paper", "ink"),
]
SHAPE_PAIRS = [
    *((line, paper) for line in ("ctl", "brand", "danger", "focus") for paper in PAPERS[:3]),
    ("heart", "surface"),
    ("heart", "sunken"),
    ("sun", "surface"),
    ("focus", "raised"),
]


def luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb" (WCAG 2.2, 1.4.3)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


TOKENS = {
    match[1]: {"light": match[2], "dark": match[3]}
    for match in TOKEN.finditer((STYLES / "tokens.css").read_text())
}


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_is_readable_on_what_it_stands_on(mode: str) -> None:
    low = {
        pair: round(ratio, 2)
        for pair in TEXT_PAIRS
        if (ratio := contrast(TOKENS[pair[0]][mode], TOKENS[pair[1]][mode])) < TEXT
    }
    assert not low


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_controls_and_marks_stand_out(mode: str) -> None:
    low = {
        pair: round(ratio, 2)
        for pair in SHAPE_PAIRS
        if (ratio := contrast(TOKENS[pair[0]][mode], TOKENS[pair[1]][mode])) < LARGE_OR_CONTROL
    }
    assert not low


def test_every_field_is_framed_in_the_colour_of_controls() -> None:
    fields = {
        "forms": ".input",
        "price": ".money",
        "results": ".sort select",
        "searchbox": "search-box",
    }
    framed = {}
    for name, field in fields.items():
        rules = (STYLES / f"{name}.css").read_text().partition(f"{field} {{")[2].partition("}")[0]
        framed[field] = re.findall(r"border: [\d.]+px solid var\(--([\w-]+)\)", rules)
    assert framed == {field: ["ctl"] for field in fields.values()}


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_initials_are_readable_on_every_avatar(mode: str) -> None:
    text = (STYLES / "avatar.css").read_text()
    avatars = re.findall(r"\.av-\d\s*\{([^}]*)\}", text)
    assert len(avatars) == 10
    for rules in avatars:
        hue = {match[1]: match[2 if mode == "light" else 3] for match in TOKEN.finditer(rules)}
        assert contrast(hue["a1"], hue["a3"]) >= TEXT, rules
        assert contrast(hue["a2"], hue["a3"]) >= TEXT, rules


def test_a_colour_is_named_once() -> None:
    """A hexadecimal colour outside the tokens has no dark twin and escapes the tests above."""
    allowed = {"tokens.css", "avatar.css"}
    stray = {
        file.name: found
        for file in STYLES.glob("*.css")
        if file.name not in allowed
        and (found := re.findall(r"(?<!light-dark\()(?<!, )#[0-9a-fA-F]{6}\b", file.read_text()))
    }
    assert not stray
