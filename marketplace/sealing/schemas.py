"""Owns the shapes of the seal's public facts; decides nothing."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict


class CertificateView(BaseModel):
    """A certificate that seals or sealed; `state` is present, past or revoked."""

    model_config = ConfigDict(frozen=True)

    name: str
    state: str
    serial: str
    sha256: str
    valid_from: datetime
    valid_until: datetime


class SealView(BaseModel):
    """The marketplace's seal: authority (PEM), its fingerprint, and every certificate.

    `test`: made with throw-away keys, without value.
    """

    model_config = ConfigDict(frozen=True)

    test: bool
    level: str
    authority_sha256: str
    authority_pem: str
    certificates: tuple[CertificateView, ...]
