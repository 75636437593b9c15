"""Owns what one would pick instead: PostgreSQL full text with GIN, and SQLite FTS5, on the same people.

Both get the same normalised words as Meilisearch and answer the same thirty queries: twenty hits
in order, how many there are, and the counts of ten facets.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from marketplace.core import db
from marketplace.core.settings import settings
from marketplace.directory.queries import projection
from search import coverage, plan
from search.language import normalise
from search.schema import to_index
from tests.bench.search import queries
from tests.bench.search.load import quantile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import psycopg

    from search.query import SearchQuery
    from tests.bench.search.stand import Stand

NUMBER: Final = 30
LISTS: Final = ("skills", "tools", "lang_min", "engagement", "verified", "can_contract_with")
CODES: Final = ("country", "region", "city", "jurisdiction", "tax_status")
FLAGS: Final = ("charges_vat", "payable")
NUMBERS: Final = ("rate_eur_minor", "hours_week", "published_at", "merit")
FACETS: Final = (*LISTS[:4], *CODES, "payable")
WEIGHTED: Final = {"A": ("n_skills", "n_alias"), "B": ("n_head", "n_group", "n_name", "n_city"),
                   "C": ("n_region", "n_bio")}  # fmt: skip
ORDERS: Final = {"rate": "rate_eur_minor", "newest": "published_at DESC"}


def chosen() -> dict[str, SearchQuery]:
    """Thirty of the kinds that all of them can answer."""
    kinds = queries.kinds(facets=True)
    fit = {
        name: query
        for name, query in kinds.items()
        if not query.near and not query.covers and query.page == 1 and not query.verified
    }
    return dict(list(fit.items())[:NUMBER])


def measured(stand: Stand, rounds: int) -> dict[str, Any]:
    """Each query in turns on all three; medians of times and of ratios to Meilisearch."""
    asked = chosen()
    with stand.postgres() as server:
        filling = {"PostgreSQL": _fill_postgres(server, stand)}
        with sqlite3.connect(stand.folder / "beside.sqlite") as file:
            filling["SQLite"] = _fill_sqlite(file, stand)
            ways: dict[str, Callable[[SearchQuery], object]] = {
                "Meilisearch": lambda query: _meilisearch(stand, query),
                "PostgreSQL": lambda query: _postgres(server, query),
                "SQLite": lambda query: _sqlite(file, query),
            }
            times: dict[str, dict[str, list[float]]] = {name: {} for name in ways}
            for _round in range(rounds + 1):  # the first one warms up
                for kind, query in asked.items():
                    for name, ask in ways.items():
                        begun = time.perf_counter()
                        ask(query)
                        times[name].setdefault(kind, []).append(time.perf_counter() - begun)
    middle = {
        name: {kind: median(one[1:]) for kind, one in kinds.items()}
        for name, kinds in times.items()
    }
    return {"queries": len(asked), "filled in seconds": filling} | {
        name: {
            "p50 ms": quantile(list(kinds.values()), 0.5),
            "worst ms": quantile(list(kinds.values()), 1.0),
            "times slower": round(
                median(kinds[kind] / middle["Meilisearch"][kind] for kind in kinds), 1
            ),
        }
        for name, kinds in middle.items()
    }


def _meilisearch(stand: Stand, query: SearchQuery) -> object:
    body = plan.hits_query(query, settings().meili_index, queries.today())
    body["facets"] = list(FACETS)
    return stand.meili("/multi-search", {"queries": [body]})


def _rows(stand: Stand) -> Iterator[dict[str, Any]]:
    """Every document as it is indexed."""
    monday = coverage.reference_week(queries.today())
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(db.init_db())
        batches = projection.everyone(1000)
        while batch := loop.run_until_complete(anext(batches, None)):
            yield from (to_index(one, monday) for one in batch)
    finally:
        loop.run_until_complete(db.close_db())
        loop.close()


def _words(row: dict[str, Any], names: tuple[str, ...]) -> str:
    found = [row[name] for name in names]
    return " ".join(" ".join(one) if isinstance(one, list) else str(one) for one in found)


def _plain(row: dict[str, Any]) -> list[Any]:
    return [row[name] for name in (*LISTS, *CODES, *FLAGS, *NUMBERS)]


# PostgreSQL


def _fill_postgres(server: psycopg.Connection[Any], stand: Stand) -> float:
    kept = server.execute("SELECT to_regclass('bench.doc')").fetchone()
    if kept and kept[0]:
        count = server.execute("SELECT count(*) FROM bench.doc").fetchone()
        if count and count[0] >= stand.size:
            return 0.0
    begun = time.monotonic()
    columns = [
        *(f"{name} text[]" for name in LISTS),
        *(f"{name} text" for name in CODES),
        *(f"{name} boolean" for name in FLAGS),
        *(f"{name} double precision" for name in NUMBERS),
        *(f"text_{weight.lower()} text" for weight in WEIGHTED),
    ]
    server.execute("DROP SCHEMA IF EXISTS bench CASCADE")
    server.execute("CREATE SCHEMA bench")
    server.execute(f"CREATE UNLOGGED TABLE bench.doc (id uuid, {', '.join(columns)})".encode())
    with server.cursor() as cursor, cursor.copy("COPY bench.doc FROM STDIN") as copy:
        for row in _rows(stand):
            texts = [_words(row, names) for names in WEIGHTED.values()]
            copy.write_row([row["id"], *_plain(row), *texts])
    words = " || ".join(
        f"setweight(to_tsvector('simple', text_{weight.lower()}), '{weight}')"
        for weight in WEIGHTED
    )
    for statement in (
        f"ALTER TABLE bench.doc ADD words tsvector GENERATED ALWAYS AS ({words}) STORED",
        "CREATE INDEX ON bench.doc USING gin (words)",
        *(f"CREATE INDEX ON bench.doc USING gin ({name})" for name in LISTS),
        *(f"CREATE INDEX ON bench.doc ({name})" for name in (*CODES, *NUMBERS)),
        "ANALYZE bench.doc",
    ):
        server.execute(statement.encode())
    return round(time.monotonic() - begun, 1)


def _conditions(query: SearchQuery, has: str, mark: str) -> tuple[list[str], list[Any]]:
    """SQL of the filters; `has` tests a list for a value, `mark` stands for a parameter."""
    parts: list[str] = []
    values: list[Any] = []
    asked = {
        "skills": list(query.skill),
        "tools": list(query.tool),
        "lang_min": [f"{one.code}:{one.level}" for one in query.speaks],
        "engagement": list(query.engagement),
        "can_contract_with": list(query.can_contract_with),
    }
    for name, each in ((name, one) for name, many in asked.items() for one in many):
        parts.append(has.format(name=name))
        values.append(each)
    for name in ("country", "region", "city", "jurisdiction"):
        if many := getattr(query, name):
            parts.append(f"{name} IN ({', '.join([mark] * len(many))})")
            values += many
    if query.charges_vat is not None:
        parts.append(f"charges_vat = {mark}")
        values.append(query.charges_vat)
    if query.payable:
        parts.append("payable")
    for name, sign, bound in (
        ("rate_eur_minor", ">=", query.rate_min),
        ("rate_eur_minor", "<=", query.rate_max),
        ("hours_week", ">=", query.available_hours),
    ):
        if bound is not None:
            parts.append(f"{name} {sign} {mark}")
            values.append(bound)
    return parts, values


def _postgres(server: psycopg.Connection[Any], query: SearchQuery) -> object:
    parts, values = _conditions(query, "{name} @> ARRAY[%s]", "%s")
    text = normalise(query.q)
    order = ORDERS.get(query.sort, "merit DESC")
    if text:
        parts.append("words @@ plainto_tsquery('simple', %s)")
        values.append(text)
        if query.sort not in ORDERS:
            order = "ts_rank_cd(words, plainto_tsquery('simple', %s)) DESC, merit DESC"
    where = " AND ".join(parts) or "true"
    ranked = [text] if text and query.sort not in ORDERS else []
    hits = server.execute(
        f"SELECT * FROM bench.doc WHERE {where} ORDER BY {order}, id LIMIT 20".encode(),
        [*values, *ranked],
    ).fetchall()
    counting = " UNION ALL ".join(
        f"SELECT '{name}', {_one(name)}::text, count(*) FROM found GROUP BY 2" for name in FACETS
    )
    found = f"SELECT {', '.join(FACETS)} FROM bench.doc WHERE {where}"
    counts = server.execute(
        f"WITH found AS MATERIALIZED ({found}) {counting}".encode(), values
    ).fetchall()
    return hits, counts


def _one(name: str) -> str:
    return f"unnest({name})" if name in LISTS else name


# SQLite


def _fill_sqlite(file: sqlite3.Connection, stand: Stand) -> float:
    known = file.execute("SELECT count(*) FROM sqlite_master WHERE name = 'doc'").fetchone()[0]
    if known and file.execute("SELECT count(*) FROM doc").fetchone()[0] >= stand.size:
        return 0.0
    begun = time.monotonic()
    columns = ", ".join((*LISTS, *CODES, *FLAGS, *NUMBERS))
    texts = ", ".join(f"text_{weight.lower()}" for weight in WEIGHTED)
    file.executescript(
        f"DROP TABLE IF EXISTS doc; DROP TABLE IF EXISTS words; DROP TABLE IF EXISTS listed;"
        f"CREATE TABLE doc (n INTEGER PRIMARY KEY, id, {columns});"
        f"CREATE VIRTUAL TABLE words USING fts5({texts}, content='', tokenize='unicode61');"
        f"CREATE TABLE listed (name, value, n, PRIMARY KEY (name, value, n)) WITHOUT ROWID;"
    )
    marks = ", ".join("?" * (2 + len(LISTS) + len(CODES) + len(FLAGS) + len(NUMBERS)))
    for n, row in enumerate(_rows(stand)):
        plain = [json.dumps(one) if isinstance(one, list) else one for one in _plain(row)]
        file.execute(f"INSERT INTO doc VALUES ({marks})", [n, row["id"], *plain])
        said = [_words(row, names) for names in WEIGHTED.values()]
        file.execute(f"INSERT INTO words (rowid, {texts}) VALUES (?, ?, ?, ?)", [n, *said])
        file.executemany(
            "INSERT OR IGNORE INTO listed VALUES (?, ?, ?)",
            [(name, value, n) for name in LISTS for value in row[name]],
        )
    for name in (*CODES, *NUMBERS):
        file.execute(f"CREATE INDEX doc_{name} ON doc ({name})")
    file.execute("CREATE INDEX listed_n ON listed (n, name)")
    file.execute("ANALYZE")
    file.commit()
    return round(time.monotonic() - begun, 1)


def _sqlite(file: sqlite3.Connection, query: SearchQuery) -> object:
    has = "n IN (SELECT n FROM listed WHERE name = '{name}' AND value = ?)"
    parts, values = _conditions(query, has, "?")
    words = [f'"{word}"' for word in normalise(query.q).replace('"', " ").split()]
    source, order = "doc", ORDERS.get(query.sort, "merit DESC")
    if words:
        source = "words JOIN doc ON doc.n = words.rowid"
        parts.append("words MATCH ?")
        values.append(" ".join(words))
        if query.sort not in ORDERS:
            order = "bm25(words, 10, 5, 1), merit DESC"
    where = " AND ".join(parts) or "1"
    hits = file.execute(
        f"SELECT doc.* FROM {source} WHERE {where} ORDER BY {order} LIMIT 20", values
    ).fetchall()
    file.execute("DROP TABLE IF EXISTS temp.found")
    file.execute(
        f"CREATE TEMP TABLE found AS SELECT doc.n AS n, {', '.join((*CODES, *FLAGS))}"
        f" FROM {source} WHERE {where}",
        values,
    )
    counts = [file.execute(_counting(name)).fetchall() for name in FACETS]
    return hits, counts


def _counting(name: str) -> str:
    if name in LISTS:
        return (
            f"SELECT value, count(*) FROM found JOIN listed USING (n) WHERE name = '{name}'"
            " GROUP BY value"
        )
    return f"SELECT {name}, count(*) FROM found GROUP BY {name}"
