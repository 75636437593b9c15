"""Owns business days: weekends and public holidays of a country or a part of one; pure."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

import holidays

from marketplace.contracts.rules.states import NoticeIn

SCOTTISH: Final = frozenset("AB DD DG EH FK G HS IV KA KW KY ML PA PH TD ZE".split())
"""Postcode areas of Scotland (Royal Mail); Northern Ireland's is known by its subdivision."""
LOCAL_LAW: Final = {"57": "FR-57", "67": "FR-6AE", "68": "FR-6AE"}
"""French departments with Good Friday and 26 December (Code du travail, art. L. 3134-13)."""


@cache
def _holidays(place: str) -> holidays.HolidayBase:
    """Public holidays of "FR" or "CA-QC"; of an unknown place none, so that weekends remain."""
    country, _dash, part = place.partition("-")
    for subdivision in (part, None) if part else (None,):
        try:
            return holidays.country_holidays(country, subdiv=subdivision)
        except NotImplementedError:
            continue
    return holidays.HolidayBase()


def place_of(jurisdiction: str, subdivision: str = "", postcode: str = "") -> str:
    """Whose public holidays are kept at an address: "FR", "FR-974", "CA-MB", "DE-BY", "GB-SCT".

    `subdivision` is the ISO 3166-2 code of the part that the address lies in, "" where none is
    known. What a town alone keeps is no public holiday here.
    Great Britain has no holidays as a whole: Wales keeps England's.
    """
    if subdivision or "-" in jurisdiction:
        return subdivision or jurisdiction
    if jurisdiction == "GB":
        area = re.match("[A-Z]*", postcode.strip().upper())
        return "GB-SCT" if area and area[0] in SCOTTISH else "GB-ENG"
    return LOCAL_LAW.get(postcode.strip()[:2], "FR") if jurisdiction == "FR" else jurisdiction


def is_business_day(day: date, place: str) -> bool:
    """Monday to Friday without the public holidays of a country or part of one."""
    return day.isoweekday() < 6 and day not in _holidays(place)


def last_business_day(begun: date, days: int, place: str) -> date:
    """The `days`-th business day from `begun` on, that day included."""
    day = begun - timedelta(days=1)
    left = days
    while left:
        day += timedelta(days=1)
        left -= is_business_day(day, place)
    return day


def business_deadline(now: datetime, days: int, place: str, zone: str) -> datetime:
    """The end of the `days`-th business day after today, in the contract's zone."""
    day = now.astimezone(ZoneInfo(zone)).date()
    left = days
    while left:
        day += timedelta(days=1)
        left -= is_business_day(day, place)
    return datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(zone))


def notice_end(now: datetime, days: int, counted: NoticeIn, place: str, zone: str) -> datetime:
    """When a notice given now has run out.

    Business days begin the day after it is given, and the last one counts whole.
    """
    if counted is NoticeIn.DAYS or not days:
        return now + timedelta(days=days)
    return business_deadline(now, days, place, zone) - timedelta(minutes=1)
