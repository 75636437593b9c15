"""Owns setting the seal: one PAdES signature by the platform that allows no change after it.

B-B by default; B-T and B-LTA (ETSI EN 319 142-1) when a time-stamp authority is set. Synchronous,
and with a time stamp it speaks HTTP: call it in a thread of a job, outside any transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from marketplace.core.settings import settings
from marketplace.sealing.rules.inspection import FIELD, context
from marketplace.sealing.service import keys

if TYPE_CHECKING:
    from pyhanko.sign.signers import Signer
    from pyhanko.sign.signers.pdf_signer import DSSContentSettings, PdfSigner, PdfSigningSession
    from pyhanko.sign.timestamps import TimeStamper

STAMP_SECONDS = 15
ROOM_BYTES = 4096  # of hexadecimal digits: twice what a seal with our certificate takes


def sealed(pdf: bytes, *, at: datetime, reason: str) -> bytes:
    """The file with our seal behind it. `at` is the time the seal claims.

    Raises SealMissing; OSError and the library's own errors when a key or the time-stamp authority
    cannot be reached: try again later.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    chosen, holder = settings(), keys.holder()
    archived = chosen.seal_level == "B-LTA"
    trust = keys.trust(at)
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        reason=reason,
        name=chosen.site_name,
        embed_validation_info=archived,
        use_pades_lta=archived,
        dss_settings=_stamped_last(),
        validation_context=context(
            trust, (*trust.authorities, *trust.stamp_authorities), fetching=bool(chosen.tsa_ca)
        )
        if archived
        else None,
    )
    with_time = None if chosen.seal_level == "B-B" else _stamper(chosen.tsa_url)
    # Without a time stamp the size is known; otherwise the library seals twice to find it out.
    room = None if with_time else ROOM_BYTES
    with _signer(holder) as key:
        signer = _signer_at(at, meta, key, with_time)
        out: Any = signer.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), bytes_reserved=room)
    content: bytes = out.getvalue()
    return content


def _stamped_last() -> DSSContentSettings:
    """Nothing stands behind the last time stamp, so that it covers the whole file."""
    from pyhanko.sign.signers import pdf_signer

    before = pdf_signer.TimestampDSSContentSettings(update_before_ts=True, include_vri=False)
    return pdf_signer.DSSContentSettings(include_vri=False, next_ts_settings=before)


def _signer_at(at: datetime, meta: Any, signer: Signer, stamper: TimeStamper | None) -> PdfSigner:
    """A signer whose clock is ours, which in development may run ahead of the machine's."""
    from pyhanko.sign import signers

    class At(signers.PdfSigner):
        def init_signing_session(self, *args: Any, **kwargs: Any) -> PdfSigningSession:
            session = super().init_signing_session(*args, **kwargs)
            session.system_time = at
            return session

    return At(meta, signer=signer, timestamper=stamper)


def _stamper(url: str) -> TimeStamper:
    from pyhanko.sign.timestamps import HTTPTimeStamper

    return HTTPTimeStamper(url, timeout=STAMP_SECONDS)


@contextmanager
def _signer(holder: keys.Holder) -> Iterator[Signer]:
    """The key as it is for one seal: a device is given back afterwards."""
    from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder
    from pyhanko.sign import signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    (certificate,) = load_certs_from_pemder_data(holder.certificate)
    if holder.key.startswith(keys.DEVICE):
        with _device(holder.key, certificate) as signer:
            yield signer
        return
    pin = settings().seal_pin
    yield signers.SimpleSigner(
        signing_cert=certificate,
        signing_key=load_private_key_from_pemder(holder.key, pin.encode() if pin else None),
        # Not our authority's certificate: no signature covers it, and who checks has it anyway.
        cert_registry=SimpleCertificateStore(),
    )


@contextmanager
def _device(address: str, certificate: Any) -> Iterator[Signer]:
    """A key that never leaves its device, by its address (RFC 7512).

    `pkcs11:token=Relais;object=seal?module-path=/usr/lib/softhsm/libsofthsm2.so`, PIN by
    RELAIS_SEAL_PIN. Needs the package python-pkcs11.
    """
    from pyhanko.config.pkcs11 import TokenCriteria
    from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

    path, _, query = address.removeprefix(keys.DEVICE).partition("?")
    named = {key: unquote(value) for key, value in (part.split("=", 1) for part in path.split(";"))}
    module = dict(parse_qsl(query))["module-path"]
    session = open_pkcs11_session(
        module,
        token_criteria=TokenCriteria(label=named["token"]),
        user_pin=settings().seal_pin or None,
    )
    with session:
        # Devices sign a digest; few of them hash the document as well.
        yield PKCS11Signer(
            session, signing_cert=certificate, key_label=named["object"], use_raw_mechanism=True
        )
