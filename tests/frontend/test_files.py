"""What is served is what was built, small enough, and free of what our security policy refuses."""

from __future__ import annotations

import gzip
import re
import subprocess
from pathlib import Path

import pytest

from marketplace.core.settings import settings
from marketplace.web import templates as html
from marketplace.web.templates import asset
from tests.frontend.places import DIST, FRONTEND, NODE, ROOT, STYLES, TEMPLATES, needs_node

KIB = 1024
CALL = re.compile(r"""\bicon(?:_name)?[(=]\s*["']([a-z0-9-]+)["']""")


def templates() -> list[tuple[str, str]]:
    """Every page template with its text, mails aside: they are read in mail programs."""
    return [
        (str(file.relative_to(TEMPLATES)), file.read_text())
        for file in sorted(TEMPLATES.rglob("*.html"))
        if file.parent.name != "mail"
    ]


@needs_node
def test_the_built_files_are_those_of_the_sources() -> None:
    made = subprocess.run(
        [str(NODE), FRONTEND / "build.mjs", "--check"], check=False, capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr


@needs_node
def test_the_scripts_keep_to_their_types() -> None:
    compiler = ROOT / "node_modules" / ".bin" / "tsc"
    made = subprocess.run([compiler, "-p", FRONTEND], check=False, capture_output=True, text=True)
    assert made.returncode == 0, made.stdout


@pytest.mark.parametrize(
    ("names", "most"),
    [
        (("app.css",), 16 * KIB),
        (("app.js",), 20 * KIB),
        (("text.woff2", "display.woff2"), 40 * KIB),
    ],
)
def test_what_a_first_visit_downloads_stays_small(names: tuple[str, ...], most: int) -> None:
    def weight(name: str) -> int:
        content = (DIST / name).read_bytes()
        return len(content) if name.endswith("woff2") else len(gzip.compress(content))

    assert sum(map(weight, names)) <= most


def test_every_icon_asked_for_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (DIST / "icons.svg").read_text()))
    missing = {
        (name, icon)
        for name, text in templates()
        for icon in CALL.findall(text)
        if icon not in drawn
    }
    assert not missing, "run: npm run build"


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("inline style", r"\sstyle\s*="),
        ("style element", r"<style\b"),
        (
            "inline handler",
            r"\son(?:click|change|input|submit|load|error|key|mouse|focus|blur|toggle|pointer)[a-z]*=",
        ),
        ("inline script", r"<script(?![^>]*\bsrc=)(?![^>]*application/ld\+json)"),
        ("address of another site", r"""(?:src|href)\s*=\s*["']https?://"""),
        ("htmx that needs eval", r"hx-on|js:"),
    ],
)
def test_pages_hold_nothing_the_security_policy_refuses(what: str, pattern: str) -> None:
    found = [name for name, text in templates() if re.search(pattern, text)]
    assert not found, what


def test_style_sheets_stay_readable() -> None:
    long = {f.name: n for f in STYLES.glob("*.css") if (n := len(f.read_text().splitlines())) > 320}
    assert not long, "split by area"


def test_the_front_end_holds_no_python() -> None:
    assert not list(FRONTEND.rglob("*.py"))


@pytest.mark.parametrize("font", ["text.woff2", "display.woff2"])
def test_the_preloaded_font_is_the_one_the_styles_ask_for(font: str) -> None:
    """Another address, even by its version only, would download each font twice."""
    address = asset(font).removeprefix("/static/")
    assert f"url({address})" in (DIST / "app.css").read_text()


def test_a_data_folder_that_is_there_but_may_only_be_read_keeps_no_templates(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "templates").symlink_to("/proc")  # where nobody can make a file
    monkeypatch.setenv("RELAIS_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    try:
        assert html._compiled("fr") is None
    finally:
        settings.cache_clear()


def test_no_style_asks_a_container_for_its_width() -> None:
    """Chromium 156 leaves what such a rule is about undrawn in one page of seventy, for good."""
    asking = [
        p.name
        for p in STYLES.glob("*.css")
        if re.search(r"@container|container-type", p.read_text())
    ]
    assert asking == []
