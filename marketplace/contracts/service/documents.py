"""Owns a contract's file: rendered, frozen by its hash, read back verified; never sends it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst

from marketplace.contracts.models import Contract
from marketplace.contracts.rules import amendment_paper, calendar, clause_values, clauses, paper
from marketplace.contracts.rules.amendment_paper import Standing
from marketplace.contracts.rules.clocks import Clocks
from marketplace.contracts.rules.french import french_first, french_name
from marketplace.contracts.rules.signing import FileDamaged, NotOnPaper
from marketplace.contracts.rules.states import Rail
from marketplace.contracts.rules.terms import Agreement
from marketplace.contracts.rules.words import tax_rate
from marketplace.contracts.service import taxes
from marketplace.contracts.service.taxes import Taxes
from marketplace.core import clock, files
from marketplace.core.i18n import current_locale, gettext
from marketplace.core.settings import settings
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.jurisdictions.queries import VatDecision
from marketplace.parties import queries as parties
from marketplace.places import queries as places
from payments.fees import FeeTerms

SHA256 = re.compile(r"^[0-9a-f]{64}$")
FRENCH_FIRST = frozenset({"FR", "MC", "CA-QC"})
WITHOUT_GLYPH: Final = re.compile(r'the text `"(.+?)"` could not be displayed')
CONTRACT: Final = "contract.typ"
AMENDMENT: Final = "amendment.typ"
STANDARD: Final = "a-3b"  # archival, and later home of the embedded evidence (ISO 19005-3)


@dataclass(frozen=True)
class Frozen:
    """A rendered file that is on disk. `parties` is how they were named on it, as JSON.

    `clauses` are its words; `boxes` are where it leaves room for the signatures. `french_sha256`
    is its French version, on disk as well, where that comes first.
    """

    sha256: str
    size_bytes: int
    parties: dict[str, Any]
    taxes: Taxes
    clauses: list[dict[str, Any]]
    boxes: list[dict[str, Any]]
    french_sha256: str | None = None


def default_language(business: parties.Party, assistant: parties.Party) -> str:
    """French where a party is French, Monegasque or from Quebec; else the author's language."""
    if {business.jurisdiction, assistant.jurisdiction} & FRENCH_FIRST:
        return "fr"
    return current_locale.get()


def rail_of(assistant: parties.Party) -> Rail:
    """Held funds where Stripe can pay the assistant, recorded payments elsewhere."""
    return Rail.HELD if jurisdictions.payable(assistant.jurisdiction) else Rail.RECORDED


async def fix_today(contract: Contract) -> Taxes:
    """Set what a version fixes on its day: rail, fees, VAT rates and clocks. Not saved.

    No fee is taken of recorded payments, which pass us by, nor of a contract that the two brought
    with them. Gives the VAT decisions used.
    """
    business = await parties.by_id(contract.business_id)
    assistant = await parties.by_id(contract.assistant_id)
    chosen = settings()
    contract.rail = rail_of(assistant)
    charged = contract.rail is Rail.HELD and contract.imported is None
    client_bps = chosen.client_fee_bps if charged else 0
    assistant_bps = chosen.assistant_fee_bps if charged else 0
    decided = await taxes.decide(business, assistant)
    contract.fees = fee_terms(decided, client_bps, assistant_bps).as_json()
    contract.clocks = clocks_of(assistant).model_dump()
    return decided


def clocks_of(assistant: parties.Party) -> Clocks:
    """The operator's clocks as they are set today, at this assistant's place."""
    chosen, home = settings(), assistant.jurisdiction or assistant.country or "FR"
    part = jurisdictions.part_at(home, assistant.postcode)
    return Clocks(
        country=calendar.place_of(home, part or assistant.subdivision, assistant.postcode),
        edit_hour=chosen.week_edit_hour,
        week_review_days=chosen.week_review_days,
        look_days=chosen.week_look_days,
        prefund_days=chosen.week_prefund_days,
        grace_days=chosen.week_grace_days,
        idle_days=chosen.idle_days,
        answer_days=chosen.contest_answer_days,
        hold_days=chosen.security_hold_days,
        hold_releases=chosen.security_hold_releases,
    )


def fee_terms(decided: Taxes, client_bps: int, assistant_bps: int) -> FeeTerms:
    """Fees of the pair with the VAT that the decision table gives on the day."""
    return FeeTerms(
        client_bps=client_bps,
        assistant_bps=assistant_bps,
        client_fee_vat_ppm=decided.client_fee.rates,
        assistant_fee_vat_ppm=decided.assistant_fee.rates,
        supplier_vat_ppm=decided.supply.rates,
    )


async def freeze(
    contract: Contract,
    agreed: Agreement,
    version: int,
    decided: Taxes,
    standing: Standing | None = None,
) -> Frozen:
    """Render a version and keep its file under its hash. Call it outside a transaction.

    With `standing` it is an amendment of what the contract says now.
    """
    business = await parties.by_id(contract.business_id)
    assistant = await parties.by_id(contract.assistant_id)
    tax = tax_words(decided.supply, agreed.language)
    draft = _draft(contract.number, agreed, version, business, assistant, tax)
    data, template = _composed(draft, standing)
    moment = int(clock.now().timestamp())
    french = None
    if french_first(agreed.language, (business.jurisdiction, assistant.jurisdiction)):
        tax = tax_words(decided.supply, "fr")
        translated = agreed.model_copy(update={"language": "fr"})
        copy = _draft(contract.number, translated, version, business, assistant, tax)
        told, _template = _composed(replace(copy, french_copy=True), standing)
        first = await asyncio.to_thread(render, told, moment, template)
        french = await asyncio.to_thread(keep, first)
        data["french"] = {
            "file": french_name(contract.number, version),
            "content": list(first),
            "description": gettext("French version, handed over first", agreed.language),
        }
    content = await asyncio.to_thread(render, data, moment, template)
    sha256 = await asyncio.to_thread(keep, content)
    named = {"business": asdict(draft.business), "assistant": asdict(draft.assistant)}
    boxes = await asyncio.to_thread(signature_boxes, data, template)
    return Frozen(sha256, len(content), named, decided, data["clauses"], boxes, french)


def _composed(draft: clause_values.Draft, standing: Standing | None) -> tuple[dict[str, Any], str]:
    """The document's data and its template."""
    if standing is None:
        return paper.compose(draft), CONTRACT
    before = standing.agreement.model_copy(update={"language": draft.agreement.language})
    return amendment_paper.compose(draft, replace(standing, agreement=before)), AMENDMENT


def _draft(
    number: str,
    agreed: Agreement,
    version: int,
    business: parties.Party,
    assistant: parties.Party,
    tax: str,
) -> clause_values.Draft:
    language = agreed.language
    return clause_values.Draft(
        number=number,
        version=version,
        agreement=agreed,
        business=on_paper("business", business, language),
        assistant=on_paper("assistant", assistant, language),
        platform=settings().site_name,
        law=jurisdictions.get(assistant.jurisdiction).name(language),
        tax=tax,
    )


def tax_words(vat: VatDecision, language: str) -> str:
    """What the first page says of the tax on the price."""
    rates = ", ".join(_tax(tax, language) for tax in vat.taxes)
    return rates or vat.mention(language) or gettext("no tax", language)


def _tax(tax: jurisdictions.Tax, language: str) -> str:
    name = jurisdictions.tax_name(tax.name, language)
    return f"{name} {tax_rate(tax.rate_ppm, language)}"


def on_paper(key: str, party: parties.Party, language: str) -> clause_values.PartyOnPaper:
    """A party as a contract names it: legal name, form, numbers, address, representative."""
    place = jurisdictions.get(party.jurisdiction)
    form = place.legal_form(party.legal_form)
    lines = []
    if form is not None:
        lines.append(form.label(language))
        label = form.registration.label(language)
        if party.registration_number:
            lines.append(f"{label} {party.registration_number}")
    elif party.registration_number:
        lines.append(party.registration_number)
    if party.vat_number and place.vat_number is not None:
        label = place.vat_number.label(language)
        lines.append(f"{label} {party.vat_number}")
    lines += [party.address_line1, party.address_line2]
    lines.append(f"{party.postcode} {party.town}".strip())
    lines.append(places.country_name(party.country, language) if party.country else "")
    if party.representative_name:
        who = ", ".join(filter(None, (party.representative_name, party.representative_title)))
        lines.append(gettext("represented by %(who)s", language, who=who))
    name = party.legal_name or party.display_name
    if party.jurisdiction == "FR" and party.legal_form == "sole_trader":
        name += " EI"  # a French sole trader's papers carry it (Code de commerce, art. R. 526-27)
    return clause_values.PartyOnPaper(
        key,
        name,
        tuple(line for line in lines if line),
        place=party.jurisdiction,
        place_name=place.name(language),
        country=place.country,
        company=form is not None and not form.personal,
        form=party.legal_form,
    )


@cache
def _fonts() -> typst.Fonts:
    # Only the fonts inside typst: the same bytes on every machine.
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


def _compiler(data: dict[str, Any], template: str = CONTRACT) -> typst.Compiler:
    return typst.Compiler(
        str(clauses.TEMPLATES / template),
        root=str(clauses.TEMPLATES),
        font_paths=_fonts(),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )


def signature_boxes(data: dict[str, Any], template: str = CONTRACT) -> list[dict[str, Any]]:
    """Where a composed document leaves room for the signatures, in points from the upper left."""
    found: list[dict[str, Any]] = json.loads(
        _compiler(data, template).query("<sigbox>", field="value")
    )
    return found


def render(data: dict[str, Any], moment: int, template: str = CONTRACT) -> bytes:
    """The PDF/A of a composed document: same data and moment (epoch seconds), same bytes.

    Raises NotOnPaper for characters the fonts lack: PDF/A forbids to leave them out silently.
    """
    compiler = _compiler(data, template)
    try:
        made = compiler.compile(format="pdf", pdf_standards=[STANDARD], timestamp=moment)
    except typst.TypstError as error:
        strange = dict.fromkeys(WITHOUT_GLYPH.findall(error.diagnostic))
        if not strange:
            raise
        raise NotOnPaper(" ".join(strange)) from error
    if not isinstance(made, bytes):
        msg = "typst gave no document"
        raise TypeError(msg)
    return made


def path(sha256: str) -> Path:
    """Where the file of this hash is kept. Raises FileDamaged for what is no hash."""
    if not SHA256.fullmatch(sha256):
        raise FileDamaged
    return settings().data_dir / "contracts" / f"{sha256}.pdf"


def keep(content: bytes) -> str:
    """Keep a file under its hash; gives the hash."""
    return files.keep(content, path)


async def read(sha256: str) -> bytes:
    """The frozen bytes. Raises FileDamaged when they are gone or differ by a single bit."""
    return await asyncio.to_thread(_read, sha256)


def _read(sha256: str) -> bytes:
    try:
        content = path(sha256).read_bytes()
    except FileNotFoundError:
        raise FileDamaged from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise FileDamaged
    return content
