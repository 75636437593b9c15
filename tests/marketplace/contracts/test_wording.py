"""A version says for ever what it said when it was frozen: page, API and file agree."""

from __future__ import annotations

import html
import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pypdf
import pytest

from marketplace.accounts.rules import Scope
from marketplace.contracts import queries
from marketplace.contracts.models import ContractVersion
from marketplace.contracts.rules import clauses
from marketplace.contracts.service import documents, offers
from marketplace.contracts.service.wording import wording
from tests.factories import accounts, admin
from tests.factories import contracts as make

TODAY = "What this contract is about"
pytestmark = pytest.mark.usefixtures("application")


def flat(text: str) -> str:
    return " ".join(html.unescape(text).split())


@pytest.fixture
def release(tmp_path: Path) -> Iterator[Callable[[], None]]:
    """Comes out with other clauses: the first one has another title from then on."""
    folder, first = tmp_path / "templates", clauses.clauses("en")[0].title
    shutil.copytree(clauses.TEMPLATES, folder)
    file = folder / "clauses_en.toml"
    file.write_text(file.read_text("utf-8").replace(f'"{first}"', f'"{TODAY}"', 1), "utf-8")
    with pytest.MonkeyPatch.context() as patch:

        def come_out() -> None:
            patch.setattr(clauses, "TEMPLATES", folder)
            clauses.clauses.cache_clear()

        yield come_out
    clauses.clauses.cache_clear()


async def test_an_old_version_keeps_its_words_when_the_clauses_change(
    client: httpx.AsyncClient, release: Callable[[], None]
) -> None:
    two = await make.pair("en")
    offer = await make.sent(two, language="en", scope="Answer the phones, from 9am to 5pm")
    first = clauses.clauses("en")[0].title
    release()
    countered = {"notice_days": 30, "scope": "Answer the phones"}
    await offers.counter(await two.as_assistant(), offer.id, countered)
    old, new = await queries.version(offer.id, 1), await queries.version(offer.id, 2)
    token = await admin.bearer(two.claire, Scope.CONTRACTS_READ)
    await accounts.log_in(client, two.claire)
    for version, said, other in ((old, first, TODAY), (new, TODAY, first)):
        file = pypdf.PdfReader(io.BytesIO(await documents.read(version.file_sha256)))
        printed = flat(" ".join(page.extract_text() for page in file.pages))
        assert said in printed
        for lang in ("fr", "en"):
            page = await client.get(f"/{lang}/contracts/{offer.id}/versions/{version.number}")
            assert said in flat(page.text)
            assert other not in flat(page.text)
        path = f"/api/v1/contracts/{offer.id}/versions/{version.number}"
        told = (await client.get(path, headers=token)).json()
        assert told["file_sha256"] == version.file_sha256
        assert told["clauses"][0]["title"] == said
        for clause in told["clauses"]:
            assert all(flat(text)[:40] in printed for text in clause["paragraphs"]), clause["id"]
        signs = [each["id"] for each in told["independence"]]
        assert signs == (["imposed_hours"] if version is old else [])
    assert TODAY in flat((await client.get(f"/en/contracts/{offer.id}/sign")).text)
    listed = await client.get(f"/api/v1/contracts/{offer.id}/versions", headers=token)
    assert [each["number"] for each in listed.json()["items"]] == [1, 2]
    assert [each["agreement"]["notice_days"] for each in listed.json()["items"]] == [14, 30]
    read = [each.event for each in await queries.evidence(offer.id)]
    assert read.count("viewed") >= 2
    stranger = await accounts.person()
    await accounts.log_in(client, stranger)
    assert (await client.get(f"/en/contracts/{offer.id}/versions/1")).status_code == 404
    theirs = await admin.bearer(stranger, Scope.CONTRACTS_READ)
    for path in ("versions", "versions/1"):
        answer = await client.get(f"/api/v1/contracts/{offer.id}/{path}", headers=theirs)
        assert answer.status_code == 404


async def test_a_version_from_before_is_read_from_its_file() -> None:
    two = await make.pair()
    offer = await make.sent(two)
    kept = await queries.version(offer.id, 1)
    before = ContractVersion(
        contract_id=offer.id, number=1, side="business", agreement=kept.agreement,
        parties=kept.parties, file_sha256=kept.file_sha256, file_bytes=kept.file_bytes,
        created_at=kept.created_at,
    )  # fmt: skip
    pages = await wording(before)
    assert [each["title"] for each in pages] == [f"Page {n + 1}" for n in range(len(pages))]
    printed = flat(" ".join(text for each in pages for text in each["paragraphs"]))
    for clause in await wording(kept):
        assert flat(clause["title"]) in printed
