"""The French export: 18 columns, every entry balanced and in order, every account mapped."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, date, datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tortoise.transactions import in_transaction

from marketplace.accounts.rules import Scope
from marketplace.admin.queries import exports
from marketplace.admin.rules import fec
from marketplace.core import clock
from payments.ledger import book, chart, postings
from payments.ledger.balanced import Kind
from payments.money import Money
from tests.factories import accounts, admin
from tests.marketplace.admin.conftest import Scene

SIREN = "732829320"
# Article A. 47 A-1 of the Livre des procédures fiscales, VII, 1°.
COLUMNS = (
    "JournalCode JournalLib EcritureNum EcritureDate CompteNum CompteLib CompAuxNum CompAuxLib"
    " PieceRef PieceDate EcritureLib Debit Credit EcritureLet DateLet ValidDate Montantdevise"
    " Idevise"
).split()


def cents(text: str) -> int:
    assert re.fullmatch(r"\d+,\d\d", text), text
    return int(text.replace(",", ""))


def read(content: bytes) -> list[dict[str, str]]:
    """The file's lines by column."""
    text = content.decode("iso-8859-15")
    assert text.endswith("\r\n")
    head, *lines = [line.split("\t") for line in text.removesuffix("\r\n").split("\r\n")]
    assert head == COLUMNS
    return [dict(zip(COLUMNS, line, strict=True)) for line in lines]


def check(rows: list[dict[str, str]]) -> dict[int, list[dict[str, str]]]:
    """What holds for every FEC; gives the lines by entry."""
    entries = defaultdict(list)
    for row in rows:
        entries[int(row["EcritureNum"])].append(row)
        assert (cents(row["Debit"]) == 0) != (cents(row["Credit"]) == 0)
        assert re.fullmatch(r"\d{6}", row["CompteNum"])
        assert row["CompteLib"] and row["PieceRef"] and row["EcritureLib"]
        assert bool(row["CompAuxNum"]) == bool(row["CompAuxLib"])
        for day in ("EcritureDate", "PieceDate", "ValidDate"):
            assert datetime.strptime(row[day], "%Y%m%d")
    assert list(entries) == list(range(1, len(entries) + 1))  # one sequence without a gap
    for lines in entries.values():
        assert len(lines) >= 2
        assert sum(cents(line["Debit"]) for line in lines) == sum(
            cents(line["Credit"]) for line in lines
        )
        assert len({(line["JournalCode"], line["EcritureDate"]) for line in lines}) == 1
    dates = [row["ValidDate"] for row in rows]
    assert dates == sorted(dates)
    return entries


@pytest.mark.usefixtures("stripe_sandbox")
async def test_the_file_of_a_year_of_work(client: httpx.AsyncClient, scene: Scene) -> None:
    await accounts.log_in(client, scene.operator)
    year = clock.today().year
    answer = await client.get(f"/fr/operator/ledger/fec?year={year}&siren=732 829 320")
    assert answer.status_code == 200
    assert f'filename="{SIREN}FEC{year}1231.txt"' in answer.headers["content-disposition"]
    entries = check(read(answer.content))
    assert [lines[0]["JournalCode"] for lines in entries.values()] == ["ST", "ST", "OD"]
    # Held 200 and 300, released 200: what stands on the account of held funds is 300.
    held = [line for lines in entries.values() for line in lines if line["CompteNum"] == "467100"]
    assert sum(cents(line["Credit"]) - cents(line["Debit"]) for line in held) == 30_000
    assert len({line["CompAuxNum"] for line in held}) == 2
    headers = await admin.bearer(scene.operator, Scope.OPERATOR_READ)
    client.cookies.clear()
    same = await client.get(
        f"/api/v1/operator/ledger/fec?year={year}&siren={SIREN}", headers=headers
    )
    assert same.content == answer.content


async def test_the_next_year_begins_with_what_stood_at_the_end(database: str) -> None:
    from marketplace.app import connect_features

    connect_features()
    now = clock.now()
    clock.advance((datetime(now.year, 12, 31, 12, tzinfo=UTC) - now).total_seconds())
    async with in_transaction():
        await book.post(postings.top_up(Money(10_000, "EUR")), key="topup:tu_1", source="tu_1")
        fee = postings.stripe_fee(Money(300, "EUR"))
        await book.post(fee, key="fee:txn_1", source="txn_1")
    clock.advance(3 * 86_400)
    async with in_transaction():
        await book.post(postings.top_up(Money(500, "EUR")), key="topup:tu_2", source="tu_2")
    first = check(read(b"".join([part async for part in exports.fec_lines(now.year)])))
    assert len(first) == 2
    second = check(read(b"".join([part async for part in exports.fec_lines(now.year + 1)])))
    opening = {row["CompteNum"]: cents(row["Debit"]) - cents(row["Credit"]) for row in second[1]}
    assert opening == {"517100": 9_700, "580100": -10_000, "129000": 300}
    assert {row["JournalCode"] for row in second[1]} == {"AN"}
    assert len(second) == 2


async def test_a_year_without_entries_has_its_columns_alone(database: str) -> None:
    assert read(b"".join([part async for part in exports.fec_lines(2020)])) == []


async def test_another_currency_is_refused_by_name(client: httpx.AsyncClient) -> None:
    async with in_transaction():
        await book.post(postings.top_up(Money(10_000, "CHF")), key="topup:tu_1", source="tu_1")
    await accounts.log_in(client, await admin.operator())
    year = clock.today().year
    page = await client.get(f"/en/operator/ledger/fec?year={year}&siren={SIREN}")
    assert page.status_code == 409
    assert "entries in CHF" in page.text
    assert (await client.get("/en/operator/ledger/export.csv")).text.count("CHF") == 2


def test_every_account_of_ours_has_a_number() -> None:
    named = [
        value for name, value in vars(chart).items() if name.isupper() and isinstance(value, str)
    ]
    made = [
        make("x") for make in (chart.held, chart.deferred, chart.payable, chart.credit,
                               chart.receivable, chart.dispute, chart.conversion)
    ]  # fmt: skip
    numbers = [fec.general(code).number for code in [*named, *made]]
    assert all(re.fullmatch(r"[1-7]\d{5}", number) for number in numbers)
    assert set(Kind) == set(fec.LABELS)
    with pytest.raises(fec.UnmappedAccount):
        fec.general("gift:someone")


def test_labels_fit_the_character_set() -> None:
    for text in [
        *fec.LABELS.values(),
        *fec.JOURNALS.values(),
        *[a.label for a in fec.CHART.values()],
    ]:
        assert text.encode(fec.ENCODING).decode(fec.ENCODING) == text
        assert "\t" not in text


@given(st.integers(0, 10**15))
def test_amounts_have_a_comma_and_two_decimals(minor: int) -> None:
    assert cents(fec.amount(minor)) == minor


@given(st.text(max_size=40))
def test_no_text_breaks_a_line(piece: str) -> None:
    header = fec.Header("OD", 1, date(2026, 1, 1), piece, "Essai")
    legs = [fec.Leg("tax:vat", 100), fec.Leg("rev:commission", -100)]
    for line in fec.entry(header, legs):
        assert line.encode(fec.ENCODING, "replace").count(b"\t") == len(COLUMNS) - 1
        assert re.findall(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]", line) == ["\r", "\n"]


async def test_a_siren_with_a_wrong_digit_is_refused(client: httpx.AsyncClient) -> None:
    await accounts.log_in(client, await admin.operator())
    page = await client.get("/fr/operator/ledger/fec?year=2026&siren=732829321")
    assert page.status_code == 422
    assert "SIREN" in page.text
    assert 'aria-invalid="true"' in page.text


@pytest.mark.usefixtures("stripe_sandbox")
async def test_the_csv_has_every_leg_and_balances(client: httpx.AsyncClient, scene: Scene) -> None:
    import csv
    import io
    from decimal import Decimal

    await accounts.log_in(client, scene.operator)
    answer = await client.get("/en/operator/ledger/export.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row["transaction"]] += Decimal(row["debit"] or 0) - Decimal(row["credit"] or 0)
    assert len(sums) == 3
    assert not any(sums.values())
    none = await client.get("/en/operator/ledger/export.csv?since=2099-01-01")
    assert len(none.text.splitlines()) == 1
