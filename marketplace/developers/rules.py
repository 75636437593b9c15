"""Owns how a JSON schema is shown to people: an example, a short name of its type. Pure."""

from __future__ import annotations

import re
from typing import Any, Final

Schema = dict[str, Any]
DEPTH_MAX: Final = 8

# By the field's name, with its parent's where names meet: a telling value instead of a correct one.
TELLING: Final[dict[str, Any]] = {
    "address_line1": "12 rue des Lilas",
    "assistant": "camille-martin",
    "city": "Lyon",
    "code": "123456",
    "country": "FR",
    "currency": "EUR",
    "display_name": "Durand Menuiserie",
    "email": "lea@example.org",
    "end_minute": 1080,
    "file_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "headline_en": "Phones and diary for law firms",
    "headline_fr": "Standard et agenda pour cabinets d’avocats",
    "hourly_rate_minor": 3200,
    "jurisdiction": "FR",
    "languages.code": "fr",
    "legal_form": "sas",
    "legal_name": "Durand Menuiserie SAS",
    "locale": "fr",
    "minutes": 90,
    "name": "Léa Roussel",
    "note": "The report is in the shared folder.",
    "password": "correct horse battery",
    "postcode": "69003",
    "price_minor": 50000,
    "rate_minor": 2850,
    "q": "Lyon",
    "reason": "The dates do not suit us.",
    "region": "FR-ARA",
    "registration_number": "552 008 443",
    "representative_name": "Paul Durand",
    "representative_title": "Président",
    "scope": "Answer the phone and send the invoices of the month.",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "siren": "552008443",
    "skills.code": "virtual-receptionist",
    "slug": "camille-martin",
    "start_minute": 540,
    "task": "Phone calls",
    "tax_status": "vat_registered",
    "text_en": "Twelve years at the front desk: calls, diary, files.",
    "text_fr": "Douze ans d’accueil en cabinet : appels, agenda, dossiers.",
    "time_zone": "Europe/Paris",
    "title": "Phones and invoices",
    "tools": "aircall",
    "town": "Lyon",
    "typed_name": "Léa Roussel",
    "vat_number": "FR40303265045",
    "weekly_cap_minutes": 600,
    "year": 2026,
}
BY_FORMAT: Final = {
    "uuid": "0193581f-3b7e-7c62-9f0a-5d1c2b3a4f60",
    "date": "2026-12-07",  # a Monday: weeks begin there
    "date-time": "2026-12-07T09:30:00Z",
    "uri": "https://example.org/report",
    "email": "lea@example.org",
    "binary": "…",
}
BY_PATTERN: Final = {
    "^[0-9a-fA-F]{64}$": TELLING["sha256"],
    "^[A-Z]{2}$": "FR",
    "^([A-Z]{2})?$": "FR",
    "^[A-Z]{3}$": "EUR",
    "^[A-Z0-9]{4}$": "A1B2",
    "^[a-z0-9_]{2,40}$": "siren",
    r"^[a-z0-9_]+\.[a-z_]+$": "fr.siren",
    "^[A-Z]{2}(-[A-Z]{2,3})?$": "FR",
    "^[A-Z]{2}(-[A-Z0-9]{1,3})?$": "FR",
    "^[A-Z]{2}-[A-Z0-9]{1,3}$": "FR-974",
    "^(R([1-9]|1[0-2])[a-z]?|C[1-7][a-z]?)$": "R2",
    r"^\d{4}(-\d{2}(-\d{2})?)?$": "2026",
}


def target(schema: Schema, components: dict[str, Schema]) -> Schema:
    """The schema itself, or what its $ref names."""
    while "$ref" in schema:
        schema = components[schema["$ref"].rpartition("/")[2]]
    return schema


def example(schema: Schema, components: dict[str, Schema], name: str = "", depth: int = 0) -> Any:
    """A small value the schema accepts, so that a reader sees the shape at a glance."""
    schema = target(schema, components)
    variants = schema.get("anyOf") or schema.get("oneOf")
    if variants:  # null is last wherever it is allowed
        return example(variants[0], components, name, depth)
    if schema.get("examples"):
        return schema["examples"][0]
    if "const" in schema or "enum" in schema:
        return schema["const"] if "const" in schema else _chosen(schema, name)
    kind = schema.get("type")
    if kind == "object":
        return _object(schema, components, name, depth)
    if kind == "array":
        return _array(schema, components, name, depth)
    told = _told(name)
    if _fits(told, kind, schema):
        return told
    return schema.get("default") or _plain(schema, str(kind))


def _told(name: str) -> Any:
    return TELLING.get(name, TELLING.get(name.rpartition(".")[2]))


def _chosen(schema: Schema, name: str) -> Any:
    told = _told(name)
    return told if told in schema["enum"] else schema["enum"][0]


def _object(schema: Schema, components: dict[str, Schema], name: str, depth: int) -> dict[str, Any]:
    if depth > DEPTH_MAX:
        return {}
    properties = schema.get("properties", {})
    made = {
        each: example(inner, components, f"{name.rpartition('.')[2]}.{each}", depth + 1)
        for each, inner in properties.items()
    }
    more = schema.get("additionalProperties")
    if not properties and isinstance(more, dict):
        return {"name": example(more, components, "", depth + 1)}
    return made


def _array(schema: Schema, components: dict[str, Schema], name: str, depth: int) -> list[Any]:
    if depth > DEPTH_MAX:
        return []
    first = [example(each, components, name, depth + 1) for each in schema.get("prefixItems", ())]
    if first or "items" not in schema:
        return first
    return [example(schema["items"], components, name, depth + 1)]


def _fits(value: Any, kind: object, schema: Schema) -> bool:
    if isinstance(value, str):
        length = schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))
        form = re.search(schema.get("pattern", ""), value) is not None
        return kind == "string" and length and form and "format" not in schema
    if isinstance(value, int):
        low, high = schema.get("minimum", value), schema.get("maximum", value)
        return kind == "integer" and low <= value <= high
    return False


def _plain(schema: Schema, kind: str) -> Any:
    if kind == "integer":
        return max(1, schema.get("minimum", 1))
    if kind == "string":
        known = BY_FORMAT.get(schema.get("format", "")) or BY_PATTERN.get(schema.get("pattern", ""))
        if known:
            return known
        text = "Text" + "…" * max(0, schema.get("minLength", 0) - 4)
        return text[: schema.get("maxLength", len(text))]
    return {"number": 1.5, "boolean": True}.get(kind)


def type_name(schema: Schema, components: dict[str, Schema]) -> str:
    """The type in a few words of JSON Schema: `string (date)`, `integer | null`, `array of …`."""
    schema = target(schema, components)
    variants = schema.get("anyOf") or schema.get("oneOf")
    if variants:
        return " | ".join(dict.fromkeys(type_name(each, components) for each in variants))
    if "const" in schema:
        return f"“{schema['const']}”"
    if schema.get("type") == "array":
        return f"array of {type_name(schema.get('items', {}), components)}"
    kind = str(schema.get("type", "any"))
    return f"{kind} ({schema['format']})" if "format" in schema else kind


def limits(schema: Schema, components: dict[str, Schema]) -> str:
    """What narrows the type: its choices, or the bounds of its value or length."""
    schema = target(schema, components)
    if "enum" in schema:
        return ", ".join(str(each) for each in schema["enum"])
    if schema.get("type") == "array":
        return limits(schema.get("items", {}), components)
    for low, high in (("minimum", "maximum"), ("minLength", "maxLength")):
        if low in schema or high in schema:
            least, most = schema.get(low), schema.get(high)
            if least is None or most is None:
                return f"≤ {most}" if least is None else f"≥ {least}"
            return f"{least}–{most}"
    return ""
