"""Owns why what somebody wrote about somebody else may be hidden, and what keeps that; pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from marketplace.core.errors import Conflict
from marketplace.core.i18n import _


class ReportedSince(Conflict):
    """Whoever decides has not read all reports, and each reporter is told what was decided."""

    message = _("It was reported again since you opened this page. Read that, too, then decide.")


class Ground(StrEnum):
    """Unlawful, or of another matter. That it is bad for who it is about is no reason."""

    INSULT = "insult"
    HATRED = "hatred"
    PERSONAL_DATA = "personal_data"
    CONFIDENTIAL = "confidential"
    FALSE_FACTS = "false_facts"
    ADVERTISING = "advertising"
    OTHER_MATTER = "other_matter"
    OTHER_LAW = "other_law"


GROUNDS: Final = {
    Ground.INSULT: _("It insults or defames somebody"),
    Ground.HATRED: _("It calls for hatred or discriminates"),
    Ground.PERSONAL_DATA: _("It gives away private or personal data"),
    Ground.CONFIDENTIAL: _("It gives away a business secret"),
    Ground.FALSE_FACTS: _("It states facts that are shown to be false"),
    Ground.ADVERTISING: _("It is advertising"),
    Ground.OTHER_MATTER: _("It says nothing of the work"),
    Ground.OTHER_LAW: _("It breaks the law in another way"),
}
