"""Owns what the command line does with seals: status and lines to print; never prints."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from marketplace.core import clock
from marketplace.core.i18n import _, gettext
from marketplace.sealing.rules.inspection import Trust, inspect
from marketplace.sealing.rules.report import WORDS, Report
from marketplace.sealing.service import keys
from marketplace.sealing.service.facts import facts

Answer = tuple[int, list[str]]
SOUND: Final = 0
UNSOUND: Final = 1
USAGE: Final = "Usage: seal make, then show; seal revoke --serial <hex>"
NOTHING: Final = 2  # no file, no certificate: nothing was checked


def run(action: str, serial: str = "", public: Path | None = None) -> Answer:
    """Do one thing with the keys of the seal and describe them afterwards.

    Only `make` makes a seal: whoever looks whether there is one would else get a throw-away one.
    `public`: the public half of a key in a device, for make and rotate.
    """
    if action != "make" and not keys.exists():
        return UNSOUND, [str(keys.SealMissing()), USAGE]
    try:
        if action == "make":
            keys.make(public=public)
        elif action == "rotate":
            keys.rotate(public)
        elif action == "revoke":
            keys.revoke(int(serial, 16))
        elif action == "renew":
            keys.renew_list()
        return SOUND, described()
    except FileExistsError as error:
        return UNSOUND, [f"There is a seal in {error} already: use rotate."]
    except FileNotFoundError as error:
        if str(error.filename).endswith("ca.key"):
            return UNSOUND, [f"{error}: put the authority's key there for this, then away again."]
        return UNSOUND, [str(error)]
    except (keys.SealMissing, ValueError) as error:
        return UNSOUND, [str(error), USAGE]


def described() -> list[str]:
    """The folder and every certificate, one a line. Raises SealMissing."""
    found = facts()
    lines = [
        f"folder     {keys.folder()}",
        f"level      {found.level}",
        f"authority  SHA-256 {found.authority_sha256}",
    ]
    for each in found.certificates:
        until = f"{each.valid_until:%Y-%m-%d}"
        lines.append(f"{each.state:<10} {each.name}, until {until}, serial {each.serial}")
    return lines


def verified(file: Path, authority: Path, revoked: Path | None, lang: str) -> Answer:
    """Check one file with the authority's certificate, and nothing else of ours."""
    try:
        data = file.read_bytes()
        lists = (revoked.read_bytes(),) if revoked else ()
        trust = Trust((authority.read_bytes(),), clock.now(), (), lists)
    except OSError as error:
        return NOTHING, [f"{error.filename}: {error.strerror}"]
    if b"BEGIN CERTIFICATE" not in trust.authorities[0]:
        return NOTHING, [gettext(_("%(file)s holds no certificate."), lang, file=authority)]
    report = inspect(data, trust)
    return (SOUND if report.ok else UNSOUND), told(report, lang)


def told(report: Report, lang: str) -> list[str]:
    """The report in sentences."""

    def say(msgid: str, **values: object) -> str:
        return gettext(msgid, lang, **values)

    lines = [
        say(_("The file is sealed and unchanged."))
        if report.ok
        else say(_("This file does not hold as a sealed contract."))
    ]
    lines += [f"  ! {say(WORDS[flaw])}" for flaw in report.flaws]
    if report.seal:
        if report.seal.test:
            lines.append(f"  ! {say(_('TEST: sealed with a throw-away key, without value'))}")
        at = report.seal.at or "?"
        lines.append(
            say(_("Seal: %(name)s, PAdES %(level)s, %(at)s"), name=report.seal.signer,
                level=report.seal.level, at=at)
        )  # fmt: skip
    if report.proof:
        proof = report.proof
        lines.append(
            say(_("Contract: %(number)s, version %(version)s"), number=proof.contract,
                version=proof.version)
        )  # fmt: skip
        lines += [
            say(_("Signed by %(initials)s, %(at)s"), initials=who, at=at)
            for who, at in proof.signers
        ]
        lines.append(
            say(_("Signed part: first %(bytes)s bytes, SHA-256 %(sha256)s"),
                bytes=proof.document_bytes, sha256=proof.document_sha256)
        )  # fmt: skip
        if proof.french_sha256:
            said = _("French version, attached and handed over first: SHA-256 %(sha256)s")
            lines.append(say(said, sha256=proof.french_sha256))
        lines.append(
            say(_("Evidence: %(count)s events, head %(head)s"), count=proof.events, head=proof.head)
        )
    lines.append(say(_("SHA-256 of the file: %(sha256)s"), sha256=report.sha256))
    return lines
