"""The seal's keys: made, rotated, revoked; time stamps of a third party; the command line."""

from __future__ import annotations

import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

from marketplace.cli import main
from marketplace.core import clock
from marketplace.core.settings import Settings, settings
from marketplace.sealing.rules.inspection import inspect
from marketplace.sealing.rules.report import Flaw
from marketplace.sealing.service import certificates, keys, watch
from tests.factories import sealed as make


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A seal of this test alone, as an operator makes it: not a throw-away one."""
    folder = tmp_path / "seal"
    monkeypatch.setenv("RELAIS_SEAL_DIR", str(folder))
    settings.cache_clear()
    keys.make()
    yield folder
    settings.cache_clear()


def serials() -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for each, state in keys.certificates():
        found.setdefault(state, []).append(each.serial_number)
    return found


def test_private_keys_are_their_owners_alone_and_are_never_made_twice(own: Path) -> None:
    for name in ("ca.key", "seal.key"):
        assert stat.S_IMODE((own / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(own.stat().st_mode) == 0o700
    assert not keys.is_test()
    with pytest.raises(FileExistsError):
        keys.make()
    content, report = make.signed().sealed()
    assert report.ok
    assert report.seal is not None
    assert not report.seal.test
    assert b"TEST" not in content[-20_000:]


def test_what_an_old_key_sealed_stays_valid_until_it_is_revoked(own: Path) -> None:
    old, _ = make.signed().sealed()
    (before,) = serials()["present"]
    secret = (own / "seal.key").read_bytes()
    assert main(["seal", "rotate"]) == 0
    assert secret not in {file.read_bytes() for file in own.rglob("*") if file.is_file()}
    new, report = make.signed().sealed()
    assert report.ok
    assert serials()["past"] == [before]
    for content in (old, new):
        assert inspect(content, keys.trust()).ok
    assert main(["seal", "revoke", "--serial", f"{before:x}"]) == 0
    assert inspect(old, keys.trust()).flaws == (Flaw.SEAL_REVOKED,)
    assert inspect(new, keys.trust()).ok
    # Who has only the certificate cannot know of the revocation.
    assert inspect(old, replace(keys.trust(), revoked=())).ok
    # An old list still tells, and a forged one tells nothing.
    assert Flaw.SEAL_REVOKED in inspect(old, keys.trust(clock.now() + timedelta(days=400))).flaws


def test_rotating_needs_the_authoritys_key_which_may_be_kept_away(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (own / "ca.key").rename(own.parent / "in-the-safe")
    assert main(["seal", "rotate"]) == 1
    assert "ca.key" in capsys.readouterr().out
    assert make.signed().sealed()[1].ok
    (own.parent / "in-the-safe").rename(own / "ca.key")
    assert main(["seal", "show"]) == 0
    assert "present" in capsys.readouterr().out


def test_a_key_kept_elsewhere_is_certified_and_never_replaced(
    own: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere, half = own.parent / "elsewhere.pem", own.parent / "half.pem"
    key = certificates.new_key()
    elsewhere.write_bytes(secret := certificates.private_pem(key))
    half.write_bytes(
        key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    assert main(["seal", "rotate", "--public", str(half)]) == 1  # no key is kept elsewhere
    assert (own / "seal.key").exists()
    monkeypatch.setenv("RELAIS_SEAL_KEY", "pkcs11:token=Relais;object=seal")
    settings.cache_clear()
    assert main(["seal", "rotate"]) == 1  # nobody can read what the device holds
    assert "--public" in capsys.readouterr().out
    assert main(["seal", "rotate", "--public", str(half)]) == 0
    monkeypatch.setenv("RELAIS_SEAL_KEY", str(elsewhere))
    settings.cache_clear()
    assert make.signed().sealed()[1].ok  # the same key, from a file
    assert elsewhere.read_bytes() == secret
    assert not (own / "seal.key").exists()
    assert main(["seal", "rotate"]) == 1  # the same key again
    assert make.signed().sealed()[1].ok
    elsewhere.write_bytes(certificates.private_pem(certificates.new_key()))
    assert main(["seal", "rotate"]) == 0
    assert make.signed().sealed()[1].ok


def test_production_never_makes_a_throw_away_seal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    strict = {
        "RELAIS_ENV": "production", "RELAIS_MAIL_FROM": "bonjour@hote.fr", "RELAIS_PLATFORM_LEGAL_NAME": "Hôte SAS",
        "RELAIS_CONTACT_EMAIL": "hote@relais.example", "RELAIS_SECRET_KEY": "x" * 40, "SMTP_URL": "smtp://localhost",
        "STRIPE_SECRET_KEY": "sk_live_x", "STRIPE_WEBHOOK_SECRETS": "whsec_x",
        "RELAIS_BASE_URL": "https://relais.example", "RELAIS_SEAL_DIR": str(tmp_path / "none"),
    }  # fmt: skip
    for name, value in strict.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    with pytest.raises(keys.SealMissing):
        keys.ready()
    assert not (tmp_path / "none").exists()
    monkeypatch.undo()
    settings.cache_clear()


def test_what_only_the_operator_can_mend_is_noticed(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (own / "seal.pem").rename(own / "away.pem")
    assert watch.trouble() is None  # a throw-away one would be made
    production = settings().model_copy(update={"env": "production"})
    for module in (keys, watch):
        monkeypatch.setattr(module, "settings", lambda: production)
    assert watch.trouble() is watch.Trouble.MISSING
    (own / "away.pem").rename(own / "seal.pem")
    assert watch.trouble() is None
    clock.advance(51 * 86_400)
    assert watch.trouble() is watch.Trouble.LIST
    keys.renew_list()
    assert watch.trouble() is None
    clock.advance(700 * 86_400)
    keys.renew_list()
    assert watch.trouble() is watch.Trouble.OLD
    keys.rotate()
    assert watch.trouble() is None


def test_looking_for_a_seal_makes_none_and_a_throw_away_one_gives_way_to_a_real_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "seal"
    monkeypatch.setenv("RELAIS_SEAL_DIR", str(folder))
    settings.cache_clear()
    for action in ("show", "renew", "rotate", "revoke"):
        assert main(["seal", action, "--serial", "1"]) == 1
    assert "no seal yet" in capsys.readouterr().out
    assert not folder.exists()
    keys.ready()  # as a page of a development instance does
    assert keys.is_test()
    old = (folder / "ca.pem").read_bytes()
    production = settings().model_copy(update={"env": "production"})
    monkeypatch.setattr(keys, "settings", lambda: production)
    for refused in (keys.ready, keys.is_test, keys.rotate, keys.authorities):
        with pytest.raises(keys.SealMissing):
            refused()
    assert main(["seal", "make"]) == 0
    assert not keys.is_test()
    assert old not in (folder / "ca.pem").read_bytes()
    assert main(["seal", "make"]) == 1  # a real one is never replaced
    [aside] = tmp_path.glob("seal-test-*")
    assert (aside / "ca.pem").read_bytes() == old
    settings.cache_clear()


@pytest.mark.usefixtures("data_dir")
def test_the_command_line_needs_only_the_file_and_the_certificate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content, both = make.sealed_once()
    file, ca = tmp_path / "contract.pdf", tmp_path / "ca.pem"
    file.write_bytes(content)
    ca.write_bytes(keys.authorities())
    assert main(["verify", str(file), "--ca", str(ca), "--lang", "en"]) == 0
    told = capsys.readouterr().out
    for text in ("sealed and unchanged", "C. D.", both.annex.sha256, "TEST", "PAdES B-B"):
        assert text in told
    changed = bytearray(content)
    changed[500] ^= 4
    file.write_bytes(changed)
    assert main(["verify", str(file), "--ca", str(ca)]) == 1
    assert "Des octets couverts par le cachet ont été modifiés" in capsys.readouterr().out
    assert main(["verify", str(tmp_path / "none.pdf"), "--ca", str(ca)]) == 2
    assert main(["verify", str(file), "--ca", str(file)]) == 2
    # In a process without any setting, from another folder, as a stranger runs it.
    file.write_bytes(content)
    root = Path(__file__).parents[3]
    command = [sys.executable, "-m", "marketplace.cli", "verify", str(file), "--ca", str(ca)]
    done = subprocess.run(
        command, cwd=root, env={"RELAIS_DATA_DIR": str(tmp_path / "nowhere")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "nowhere").exists()


def _stamp_authority() -> tuple[bytes, DummyTimeStamper]:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Stamps of tests")])
    start = clock.now() - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
        .not_valid_before(start).not_valid_after(start + timedelta(days=8000))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    raw = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    stamper = DummyTimeStamper(
        asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
        asn1_keys.PrivateKeyInfo.load(raw),
    )
    return certificate.public_bytes(serialization.Encoding.PEM), stamper


@pytest.fixture
def stamps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A time-stamp authority over HTTP (RFC 3161), and the settings point at it."""
    pem, stamper = _stamp_authority()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            answer = stamper.request_tsa_response(tsp.TimeStampReq.load(body)).dump()
            self.send_response(200)
            self.send_header("content-type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    (tmp_path / "tsa.pem").write_bytes(pem)
    monkeypatch.setenv("RELAIS_TSA_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("RELAIS_TSA_CA", str(tmp_path / "tsa.pem"))
    yield
    server.shutdown()
    serving.join()
    server.server_close()
    settings.cache_clear()


@pytest.mark.usefixtures("data_dir", "stamps")
@pytest.mark.parametrize("level", ["B-T", "B-LTA"])
def test_a_third_party_stamps_the_time(level: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAIS_SEAL_LEVEL", level)
    settings.cache_clear()
    content, report = make.signed().sealed()
    assert not report.flaws, report.flaws
    assert report.seal is not None
    assert report.seal.level == level
    changed = content.replace(b"Contrat", b"Contrit", 1) if b"Contrat" in content else None
    cut = content[: len(content) // 3] + b"x" + content[len(content) // 3 + 1 :]
    assert not inspect(changed or cut, keys.trust()).ok
    assert Flaw.CHANGED_AFTER in inspect(content + b"\n%x", keys.trust()).flaws
    # Our own certificate has expired by then; the stamp proves that the seal was there before.
    assert inspect(content, keys.trust(clock.now() + timedelta(days=17 * 365))).ok
    stranger = replace(keys.trust(), stamp_authorities=(keys.authorities(),))
    assert Flaw.STAMP_BROKEN in inspect(content, stranger).flaws


def test_a_level_with_time_stamps_needs_their_authority(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAIS_SEAL_LEVEL", "B-T")
    with pytest.raises(ValueError, match="RELAIS_TSA_URL"):
        Settings()
