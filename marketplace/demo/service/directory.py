"""Owns writing drawn assistants in bulk: COPY, one batch a transaction, resumable by number."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

import asyncpg

from marketplace.core import clock
from marketplace.core.settings import settings
from marketplace.demo.rules import LOGINS, NAMESPACE, STAR, Sketch, draw_assistant, vat_number
from marketplace.demo.service.people import password_hash

BATCH: Final = 1000

Rows = dict[str, list[tuple[Any, ...]]]
COLUMNS: Final = {
    "person": "id email name locale password_hash email_verified_at is_operator created_at",
    "party": "id kind display_name legal_name jurisdiction subdivision legal_form "
    "registration_number tax_status vat_number address_line1 address_line2 postcode town country "
    "representative_name representative_title created_at updated_at",
    "membership": "id party_id person_id role created_at",
    "profile": "id party_id slug status version headline_fr headline_en text_fr text_en country "
    "region city lat lng time_zone currency hourly_rate_minor project_minimum_minor engagement "
    "hours_week available_from photo created_at updated_at published_at",
    "profile_skill": "id profile_id code level years",
    "profile_tool": "id profile_id code",
    "profile_language": "id profile_id code level",
    "profile_package": "id profile_id position name_fr name_en includes_fr includes_en price_minor",
    "profile_coverage": "id profile_id weekday start_minute end_minute",
}


async def fill(first: int, count: int, progress: Callable[[int, int, str], None]) -> None:
    """Write the assistants `first` to `first + count - 1` that are not there yet."""
    secret = await password_hash()
    pool = await asyncpg.connect(settings().database_url)
    try:
        for start in range(first, first + count, BATCH):
            numbers = range(start, min(start + BATCH, first + count))
            sketches = [draw_assistant(number) for number in numbers]
            known = await pool.fetch(
                "SELECT id FROM profile WHERE id = ANY($1)", [s.key("profile") for s in sketches]
            )
            have = {row["id"] for row in known}
            new = [sketch for sketch in sketches if sketch.key("profile") not in have]
            async with pool.transaction():
                for table, rows in _rows(new, secret).items():
                    columns = COLUMNS[table].split()
                    await pool.copy_records_to_table(table, records=rows, columns=columns)
            progress(numbers[-1] + 1 - first, count, "Assistants")
    finally:
        await pool.close()


def _rows(sketches: Iterable[Sketch], secret: str) -> Rows:
    rows: Rows = {table: [] for table in COLUMNS}
    now = clock.now()
    for sketch in sketches:
        for table, row in _of(sketch, secret, now):
            rows[table].append(row)
    return rows


def _of(s: Sketch, secret: str, now: datetime) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Every row of one assistant, parents first."""
    at = now - timedelta(days=s.days_ago)
    person, party, profile = s.key("person"), s.key("party"), s.key("profile")
    email = LOGINS[1][1] if s.number == STAR else s.email
    yield "person", (person, email, s.name, s.locale, secret, at, False, at)
    number = vat_number(s.jurisdiction, s.tax_status, s.registration)
    yield "party", (
        party, "assistant", s.name, s.name, s.jurisdiction, s.taxed_part, s.legal_form,
        s.registration, s.tax_status, number, f"{s.number % 180 + 1} rue des Relais", "", "",
        s.city.name(s.locale), s.city.country, s.name, "", at, at,
    )  # fmt: skip
    yield "membership", (s.key("membership"), party, person, "owner", at)
    yield "profile", (
        profile, party, s.slug, "published", 1, s.headline["fr"], s.headline["en"], s.text["fr"],
        s.text["en"], s.city.country, s.city.region, s.city.slug, s.city.lat, s.city.lng,
        s.city.time_zone, s.currency, s.rate_minor, s.minimum_minor, json.dumps(s.engagement),
        s.hours_week, s.available_in and (now + timedelta(days=s.available_in)).date(), "",
        at, at, at,
    )  # fmt: skip
    yield from _parts(s, profile)


def _parts(s: Sketch, profile: UUID) -> Iterator[tuple[str, tuple[Any, ...]]]:
    def key(*what: object) -> UUID:
        return uuid5(NAMESPACE, ":".join(str(each) for each in (s.number, *what)))

    for code, level, years in s.skills:
        yield "profile_skill", (key("skill", code), profile, code, level, years)
    for code in s.tools:
        yield "profile_tool", (key("tool", code), profile, code)
    for code, level_name in s.languages:
        yield "profile_language", (key("language", code), profile, code, level_name)
    for position, (package, price) in enumerate(s.packages):
        fr, en = package["fr"], package["en"]
        row = (key("package", position), profile, position, fr[0], en[0], fr[1], en[1], price)
        yield "profile_package", row
    for weekday, start, end in s.coverage:
        yield "profile_coverage", (key("hours", weekday, start), profile, weekday, start, end)
