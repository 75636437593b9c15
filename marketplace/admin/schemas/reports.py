"""Owns the shapes of yearly reports to tax offices."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from marketplace.admin.schemas.shapes import View
from marketplace.invoicing.schemas import SellerYearView


class ReportQuery(BaseModel):
    """Which year; this one by default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    year: Annotated[int, Field(ge=2020, le=2200)] | None = None


class ReportedSeller(View):
    """A seller in a report; `lacks` names what is missing about it."""

    party: UUID
    name: str
    country: str
    lacks: list[str]
    figures: SellerYearView


class ReportView(View):
    """A report to a tax office: by when, and of whom."""

    code: str
    name: str
    due_on: date
    sellers: list[ReportedSeller]


class ReportList(View):
    """The reports of a year."""

    year: int
    reports: list[ReportView]
