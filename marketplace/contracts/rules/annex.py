"""Owns what is put behind a signed contract: stamps, evidence page, preuve.json; never draws it.

The evidence page speaks French and English at once: a judge, an accountant or the other side may
read only one of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from marketplace.contracts.rules.imported import ImportedPaper
from marketplace.core.i18n import _, gettext
from marketplace.sealing.rules import chain

FORMAT: Final = "relais-preuve/1"
TEMPLATE: Final = "signed.typ"
PADDING: Final = 1.5  # points between a box's frame and what is drawn in it

EVENT_WORDS: Final[dict[str, str]] = {
    "imported": _("Contract signed elsewhere brought in"),
    "sent": _("Offer sent"),
    "countered": _("Other terms proposed"),
    "viewed": _("Contract read"),
    "downloaded": _("File opened"),
    "french_delivered": _("French version handed over"),
    "pages_shown": _("Pages shown"),
    "code_sent": _("Signing code sent"),
    "code_refused": _("Wrong signing code"),
    "signed": _("Signed"),
    "consents_voided": _("Earlier consents no longer count"),
    "declined": _("Declined"),
    "withdrawn": _("Withdrawn"),
    "expired": _("Ran out"),
    "completed_signing": _("Signed by both"),
    "sealed": _("Sealed"),
    "activated": _("Funds held, contract active"),
    "begun": _("Contract active, payments recorded"),
    "completed": _("Completed"),
    "cancelled": _("Cancelled"),
    "change_proposed": _("Change proposed"),
    "change_declined": _("Change declined"),
    "change_withdrawn": _("Change withdrawn"),
    "change_expired": _("Change ran out"),
    "change_void": _("Change void: the contract ended"),
}
FACTORS: Final[dict[str, str]] = {
    "totp": _("code of an authenticator app"),
    "passkey": _("passkey"),
    "recovery": _("recovery code of an authenticator app"),
}
SIDES: Final[dict[str, str]] = {
    "business": _("The Business"),
    "assistant": _("The Assistant"),
    "system": _("The platform"),
}


@dataclass(frozen=True)
class Signer:
    """One signature as the evidence tells it. `event` is its `signed` event."""

    side: str
    party: str
    event: Mapping[str, Any]

    @property
    def details(self) -> Mapping[str, str]:
        """Name, capacity, consent and how the person was recognised."""
        found: Mapping[str, str] = self.event["details"]
        return found


@dataclass(frozen=True)
class French:
    """The French version that was handed over before this one: attached to the file (Quebec)."""

    sha256: str
    size_bytes: int
    file: str


@dataclass(frozen=True)
class Signed:
    """All that the annex is made of. `events` end with `completed_signing` of this version."""

    number: str
    version: int
    title: str
    language: str
    platform: str
    verify_at: str
    sha256: str
    size_bytes: int
    parties: Mapping[str, str]
    events: Sequence[Mapping[str, Any]]
    authority: str
    test: bool
    imported: ImportedPaper | None = None
    french: French | None = None

    @property
    def head(self) -> str:
        """The hash that covers every event."""
        return str(self.events[-1]["hash"])

    def signers(self) -> tuple[Signer, ...]:
        """Who signed exactly this file, in order."""
        return tuple(
            Signer(each["actor"], self.parties[each["actor"]], each)
            for each in self.events
            if each["event"] == "signed" and each["file_sha256"] == self.sha256
        )


def evidence_file(signed: Signed) -> bytes:
    """preuve.json: the events as they were hashed, and how to check them without us."""
    return json.dumps(
        {
            "format": FORMAT,
            "rule": chain.RULE,
            "contract": signed.number,
            "version": signed.version,
            "document": {"sha256": signed.sha256, "bytes": signed.size_bytes},
            **_brought(signed),
            **({"french": _french_file(signed.french)} if signed.french else {}),
            "events": list(signed.events),
            "head": signed.head,
        },
        ensure_ascii=False,
        indent=1,
    ).encode()


def brought_name(number: str) -> str:
    """What the imported contract is called inside the sealed file and when it is saved."""
    return f"{number}-imported.pdf"


def _brought(signed: Signed) -> dict[str, object]:
    paper = signed.imported
    if paper is None:
        return {}
    file = brought_name(signed.number)
    return {"imported": {"sha256": paper.file_sha256, "bytes": paper.file_bytes, "file": file}}


def _french_file(paper: French) -> dict[str, object]:
    return {"sha256": paper.sha256, "bytes": paper.size_bytes, "file": paper.file}


def compose(signed: Signed, boxes: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The annex as data for templates/signed.typ: a stamp for each box, then the evidence page."""
    signers = {each.side: each for each in signed.signers()}
    file = f"{signed.number}-v{signed.version}-sealed.pdf"
    stamps = [_stamp(signed, signers[box["party"]], box) for box in boxes]
    return {
        "lang": signed.language,
        "platform": signed.platform,
        "heading": _both(_("Evidence of the signatures")),
        "test": _both(_("TEST: sealed with a throw-away key, without value"))
        if signed.test
        else "",
        "stamps": stamps,
        "facts": _facts(signed),
        "signers": [_signer(each) for each in signers.values()],
        "columns": [_both(_("No.")), "UTC", _both(_("Event")), _both(_("By")), "SHA-256"],
        "events": [_event(each) for each in signed.events],
        "check_heading": _both(_("How to check this file")),
        "check": [
            *(gettext(_LEVEL, lang) for lang in ("fr", "en")),
            *(gettext(_CHECK, lang, address=signed.verify_at) for lang in ("fr", "en")),
        ],
        "command": f"head -c {signed.size_bytes} {file} | sha256sum",
    }


_LEVEL = _(
    "Each party signed electronically with a one-time code: a simple electronic signature in the "
    "sense of article 25 of regulation (EU) 910/2014, with the evidence on this page. It is "
    "neither an advanced nor a qualified one."
)
_CHECK = _(
    "Drop this file at %(address)s. Without us: the command below gives the fingerprint that both "
    "signed, the attached preuve.json holds every event, and the seal covers the whole file."
)


def _both(msgid: str, **values: object) -> str:
    """French, then English."""
    return " · ".join(dict.fromkeys(gettext(msgid, lang, **values) for lang in ("fr", "en")))


def _stamp(signed: Signed, signer: Signer, box: Mapping[str, Any]) -> dict[str, Any]:
    language = signed.language
    head = gettext(_("Signed electronically"), language)
    lines = [
        signer.details["name"],
        signer.details.get("capacity", ""),
        gettext(_("for %(party)s"), language, party=signer.party),
        _recognised(signer.details, (language,)),
        f"{_moment(signer.event['at'])} UTC · SHA-256 {signed.sha256[:16]}…",
    ]
    return {
        "width": float(box["width"]) - 2 * PADDING,
        "height": float(box["height"]) - 2 * PADDING,
        "head": f"TEST · {head}" if signed.test else head,
        "lines": [line for line in lines if line],
    }


def _recognised(details: Mapping[str, str], languages: tuple[str, ...]) -> str:
    words = [_("one-time code by e-mail")]
    words += [FACTORS[each] for each in (details.get("second_factor"),) if each in FACTORS]
    return " · ".join(
        dict.fromkeys(" + ".join(gettext(each, lang) for each in words) for lang in languages)
    )


def _facts(signed: Signed) -> list[list[str]]:
    size = f"{signed.size_bytes:,}".replace(",", "\u202f")
    return [
        [_both(_("Contract")), f"{signed.number}, v{signed.version}: {signed.title}"],
        [_both(_("The Business")), signed.parties["business"]],
        [_both(_("The Assistant")), signed.parties["assistant"]],
        [_both(_("Signed file")), f"{signed.sha256}\n{size} " + _both(_("bytes"))],
        *_imported(signed.imported),
        *_french(signed.french),
        [_both(_("Head of the evidence")), signed.head],
        [_both(_("Authority of the seal (SHA-256)")), signed.authority],
    ]


def _imported(paper: ImportedPaper | None) -> list[list[str]]:
    if paper is None:
        return []
    said = _("attached unchanged; signed by the two elsewhere, its signatures were not checked")
    return [[_both(_("Imported contract")), f"{paper.file_sha256}\n{_both(said)}"]]


def _french(paper: French | None) -> list[list[str]]:
    if paper is None:
        return []
    said = _("attached; handed over to each signer before this version")
    return [[_both(_("French version")), f"{paper.sha256}\n{_both(said)}"]]


def _signer(signer: Signer) -> dict[str, Any]:
    details = signer.details
    rows = [
        [_both(_("Capacity")), details.get("capacity", "")],
        [_both(_("Delegation by")), details.get("delegated_by", "")],
        [_both(_("Recognised by")), _recognised(details, ("fr", "en"))],
        [_both(_("Pages shown")), details.get("pages", "")],
        [_both(_("Consent")), f"“{details['consent']}”"],
    ]
    return {
        "name": details["name"],
        "party": f"{_both(SIDES[signer.side])}: {signer.party}",
        "at": f"{_moment(signer.event['at'])} UTC",
        "rows": [row for row in rows if row[1]],
    }


def _event(event: Mapping[str, Any]) -> list[str]:
    words = EVENT_WORDS.get(event["event"], event["event"])
    details = event["details"]
    more = details.get("name") or details.get("to") or details.get("pages") or ""
    by = _both(SIDES[event["actor"]])
    return [
        str(event["seq"]),
        _moment(event["at"]),
        _both(words) + (f" ({more})" if more else ""),
        by,
        f"{event['hash'][:12]}…",
    ]


def _moment(at: str) -> str:
    found = datetime.fromisoformat(at).astimezone(UTC)
    return f"{found:%Y-%m-%d %H:%M:%S}"
