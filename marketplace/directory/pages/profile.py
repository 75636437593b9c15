"""Owns the public page of a profile; never shows one that is not published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from marketplace.core.i18n import gettext
from marketplace.core.settings import settings
from marketplace.directory import queries
from marketplace.directory.pages.facts import from_day
from marketplace.directory.pages.listing import tagged
from marketplace.directory.pages.zone import currency_of, zone_of, zones
from marketplace.directory.queries import reviewed, world
from marketplace.web.templates import render
from payments.money import EXPONENTS, Money

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from marketplace.directory.queries import PublicProfile
    from marketplace.directory.schemas import RateView


async def show(request: Request) -> Response:
    """A published profile."""
    locale = request.state.locale
    profile = await queries.by_slug(request.path_params["slug"], locale)
    zone = zone_of(request)
    context: dict[str, Any] = {
        "p": profile.view,
        "legal": profile.legal,
        "reach": profile.reach,
        "profile": profile,
        "week": profile.week_in(zone),
        "begins": from_day(profile.available_from, locale) if profile.available_from else "",
        "zone": zone,
        "zones": zones(zone),
        "reviewed": await reviewed.newest(UUID(profile.party_id)) if profile.view.reviews else [],
        "near": await queries.near_by(profile, locale),
        "price": price,
        "converted": _converted(profile.view.rate, currency_of(request)),
        "proof_labels": {one: gettext(t, locale) for one, t in world.PROOF_LABELS.items()},
        "engagements": [world.label("engagement", one, locale) for one in profile.view.engagement],
        "structured": structured(profile),
        "mine": profile.party_id in {str(one) for one in request.state.viewer.party_ids},
        "kept": profile.view.id in await queries.kept(request.state.viewer),
        "canonical": profile.view.url,
    }
    return tagged(request, render(request, "directory/profile.html", **context))


def price(rate: RateView) -> Money | None:
    """An amount the templates can write; None for a currency we do not show."""
    return Money(rate.minor, rate.currency) if rate.currency in EXPONENTS else None


def _converted(rate: RateView | None, currency: str) -> Money | None:
    """About how much a rate is in another currency; None where that is its own."""
    minor = queries.in_currency(rate.minor, rate.currency, currency) if rate else None
    return None if minor is None else Money(minor, currency)


def structured(profile: PublicProfile) -> dict[str, Any]:
    """The page as schema.org ProfilePage (https://schema.org/ProfilePage)."""
    view = profile.view
    person: dict[str, Any] = {
        "@type": "Person",
        "@id": f"{settings().base_url}{view.url}#person",
        "name": view.name,
        "jobTitle": view.headline,
        "description": view.text[:500],
        "url": f"{settings().base_url}{view.url}",
        "knowsAbout": [skill.label for skill in view.skills],
        "knowsLanguage": [spoken.code for spoken in view.speaks],
        "address": {"@type": "PostalAddress", "addressCountry": view.country},
    }
    if view.city:
        person["address"]["addressLocality"] = view.place.partition(",")[0]
    if view.region:
        person["address"]["addressRegion"] = view.region
    if view.rate and view.rate.currency in EXPONENTS:
        person["makesOffer"] = _offer(view.rate)
    return {
        "@context": "https://schema.org",
        "@type": "ProfilePage",
        "dateCreated": view.published_at.isoformat() if view.published_at else None,
        "dateModified": view.updated_at.isoformat(),
        "mainEntity": person,
    }


def _offer(rate: RateView) -> dict[str, Any]:
    return {
        "@type": "Offer",
        "priceSpecification": {
            "@type": "UnitPriceSpecification",
            "price": str(Money(rate.minor, rate.currency).decimal),
            "priceCurrency": rate.currency,
            "unitCode": "HUR",
        },
    }
