"""Owns how HTML is made: one Jinja environment per locale; never holds a page's logic."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import date, datetime
from functools import lru_cache, partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    pass_eval_context,
    select_autoescape,
)
from jinja2.nodes import EvalContext
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from marketplace.core import clock, i18n, mail
from marketplace.core.settings import settings
from marketplace.web.folding import Compiled, Folding, Shared
from marketplace.web.pieces import hole
from marketplace.web.referer import form_of
from marketplace.web.sessions import Viewer
from payments.money import Money

FRONTEND = Path(__file__).parents[2] / "frontend"
DIST = FRONTEND / "dist"
FLASH = "relais_flash"


@lru_cache(maxsize=256)
def asset(name: str) -> str:
    """The address of a built file, with its content's hash so that it may be cached for ever."""
    path = DIST / name
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.exists() else "0"
    return f"/static/{name}?v={digest}"


@lru_cache(maxsize=2048)
def icon(name: str, cls: str = "", label: str = "") -> Markup:
    """An icon of the sprite; decorative unless it has a label."""
    role = (
        Markup('role="img" aria-label="{}"').format(label)
        if label
        else Markup('aria-hidden="true"')
    )
    return Markup('<svg class="i {}" width="20" height="20" {}><use href="{}#{}"/></svg>').format(
        cls, role, asset("icons.svg"), name
    )


def _compiled(locale: str) -> Compiled | None:
    """Compiled templates outlive the process: compiling them all takes seconds of a processor."""
    folder = settings().data_dir / "cache" / "templates"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with TemporaryFile(dir=folder):
            pass
    except OSError:  # a data folder that may only be read
        return None
    return Compiled(folder, locale, _facts(locale))


def _facts(locale: str) -> bytes:
    """What templates are compiled with beside their source: texts, built files, the name."""
    files = sorted(one for one in DIST.glob("*") if one.is_file())
    built = [one.name.encode() + one.read_bytes() for one in files]
    return b"".join([*built, *i18n.catalogues(locale), settings().site_name.encode()])


def warm() -> None:
    """Load every page's template, so that the first visitors after a start do not wait for it."""
    for locale in i18n.LOCALES:
        for name in environment(locale).list_templates(extensions=["html"]):
            environment(locale).get_template(name)


@lru_cache(maxsize=len(i18n.LOCALES))
def environment(locale: str) -> Environment:
    """The templates as seen in one locale."""
    engine = Environment(
        loader=FileSystemLoader(FRONTEND / "templates"),
        autoescape=select_autoescape(["html", "xml"]),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=settings().env == "development",
        bytecode_cache=_compiled(locale),
        cache_size=-1,  # a page asks for ten templates, all of them are held
    )
    engine.code_generator_class = Folding
    engine.template_class = Shared

    def money(amount: Money, *, cents: bool = True) -> str:
        return i18n.format_money(amount, locale, cents=cents)

    def amount(minor: int, currency: str) -> str:
        return i18n.format_amount(minor, currency, locale)

    def day(value: date | datetime, style: str = "long", tz: str = "") -> str:
        return i18n.format_date(value, locale, style, tz or i18n.current_zone.get())

    def moment(value: datetime, tz: str = "") -> str:
        return i18n.format_datetime(value, locale, tz or i18n.current_zone.get())

    def number(value: float, decimals: int = 0) -> str:
        return i18n.format_number(value, locale, decimals)

    def url(path: str) -> str:
        return f"/{locale}{path}"

    def plural(one: str, many: str, num: int, **params: object) -> str:
        return i18n.ngettext(one, many, num, locale, **params)

    known = lru_cache(maxsize=8192)(i18n.translations(locale).ugettext)
    engine.install_gettext_callables(known, plural, newstyle=True)  # type: ignore[attr-defined]
    site = {"site": settings().site_name}  # any text may name the marketplace
    whole = lru_cache(maxsize=8192)(lambda msgid: Markup(known(msgid)) % site)  # noqa: S704 - ours

    @pass_eval_context
    def text(context: EvalContext, msgid: str, /, **params: object) -> str:
        if not context.autoescape:
            return known(msgid) % {**site, **params}
        return Markup(known(msgid)) % {**site, **params} if params else whole(msgid)  # noqa: S704

    engine.globals.update(
        _=text,  # as Jinja's own, which formats even what nothing is put into: a page has hundreds
        lang=locale,
        other=next(each for each in i18n.LOCALES if each != locale),
        hole=hole,
        icon=icon,
        asset=asset,
        money=money,
        amount=amount,
        date=day,
        since=partial(i18n.format_since, locale=locale),
        datetime=moment,
        num=number,
        told=i18n.told,
        url=url,
        ngettext=plural,
        now=clock.now,
        today=clock.today,
        settings=settings(),
        Money=Money,
    )
    return engine


def render_text(template: str, locale: str, context: dict[str, object]) -> str:
    """A template outside a request: mail, fragments in jobs."""
    return environment(locale).get_template(template).render(context)


def render_mail(template: str, locale: str, context: dict[str, object]) -> str:
    """A mail: its reader may live elsewhere than whoever caused it, so its days are of Paris."""
    here = i18n.current_zone.set(i18n.ZONE)
    try:
        return render_text(template, locale, context)
    finally:
        i18n.current_zone.reset(here)


mail.render_with(render_mail)


def render(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A page in the request locale, with viewer, path, theme, flash and the other language."""
    known = {**defaults(request), **context}
    known["alternates"] = alternates(known["canonical"])
    body = environment(request.state.locale).get_template(template).render(known)
    return answered(request, body, status)


def defaults(request: Request) -> dict[str, Any]:
    """What every page is given."""
    locale = request.state.locale
    path = request.url.path
    other = next(each for each in i18n.LOCALES if each != locale)
    asked = f"?{request.url.query}" if request.url.query else ""
    shown = form_of(request) or path + asked  # the address of a sent form shows nothing by itself
    theme = request.cookies.get("theme", "")
    return {
        "request": request,
        "viewer": getattr(request.state, "viewer", Viewer(locale=locale)),
        "path": path,
        "here": alternates(path) or "/",
        "back": shown,
        "canonical": path,
        "alternates": alternates(path),
        "other_url": shown.replace(f"/{locale}", f"/{other}", 1),
        "theme": theme if theme in {"dark", "light"} else "",
        "flash": read_flash(request),
        "hx": is_fragment(request),
        "base_url": settings().base_url,
    }


def alternates(path: str) -> str:
    """A path behind its language; "" when it has none."""
    return path[3:] if path[:4] in {"/fr/", "/en/"} else ""


def answered(request: Request, body: str | bytes, status: int = 200) -> HTMLResponse:
    """The response of a page; a message that waited for it is not shown again."""
    response = HTMLResponse(body, status, headers={"vary": "HX-Request, Cookie"})
    if FLASH in request.cookies:  # said, or broken
        response.delete_cookie(FLASH, path="/")
    return response


def is_fragment(request: Request) -> bool:
    """Whether htmx asks for a part of the page rather than the whole."""
    headers = request.headers
    return (
        headers.get("hx-request") == "true" and headers.get("hx-history-restore-request") != "true"
    )


def set_flash(response: Response, text: str, kind: str = "success") -> None:
    """Say `text` (already translated) once, on the next page; kind success, info or danger."""
    packed = base64.urlsafe_b64encode(json.dumps([kind, text[:500]]).encode()).decode()
    response.set_cookie(
        FLASH, packed, max_age=300, httponly=True, samesite="lax", secure=settings().secure_cookies
    )


def read_flash(request: Request) -> dict[str, str] | None:
    """The message waiting for this page, if any; a broken cookie is no message."""
    raw = request.cookies.get(FLASH)
    if not raw:
        return None
    try:
        kind, text = json.loads(base64.urlsafe_b64decode(raw))
    except (ValueError, TypeError, RecursionError):
        return None
    known = kind in ("success", "info", "danger") and isinstance(text, str)
    return {"kind": kind, "text": text} if known else None
