"""Drawing a page: its language, its template and its security headers.

Never runs a script: the policy allows none.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from payments.sandbox import texts

TEMPLATES = Path(__file__).parent / "templates"


def origin_of(url: object) -> str:
    """The origin of a URL, for the security policy."""
    parts = urlsplit(str(url or ""))
    return urlunsplit((parts.scheme, parts.netloc, "", "", "")) if parts.netloc else ""


class Renderer:
    """Draws templates."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def render(
        self,
        request: Request,
        name: str,
        kept: str | None = None,
        status: int = 200,
        **given: object,
    ) -> Response:
        """Draw a template in the page's language, with its security headers."""
        locale = texts.choose_locale(
            request.query_params.get("locale"),
            kept,
            request.headers.get("accept-language", ""),
        )
        words = texts.TEXTS[locale]
        html = self._templates.get_template(name).render(
            t=words,
            lang=locale,
            amount=lambda minor, currency: texts.amount(minor, currency, locale),
            moment=texts.moment,
            date=lambda seconds: texts.date(seconds, locale),
            country=lambda code: texts.country(code, locale),
            cards=texts.CARD_HELP,
            ibans=texts.IBAN_HELP,
            here=str(request.url.path),
            query=f"?locale={locale}",
            **given,
        )
        targets = given.get("targets")
        allowed = " ".join(targets) if isinstance(targets, list) else ""
        policy = (
            "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none';"
            f" frame-ancestors 'none'; form-action 'self' {allowed}"
        )
        headers = {
            "Content-Security-Policy": policy.strip(),
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }
        return HTMLResponse(html, status, headers)

    def gone(
        self, request: Request, message: str, target: str | None = None, status: int = 404
    ) -> Response:
        """A page that has nothing left to do, with a way on."""
        return self.render(request, "gone.html", None, status, message=message, target=target)
