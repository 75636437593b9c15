"""The models and the migrated database say the same; the schema keeps its own promises."""

from __future__ import annotations

import pytest
from tortoise import Tortoise

from marketplace.core.db import connection

COLUMNS = """
SELECT table_name, column_name, is_nullable FROM information_schema.columns
WHERE table_schema = 'public'"""
# A foreign key whose columns begin no index makes deletes and joins scan the table.
UNINDEXED = """
SELECT conrelid::regclass::text AS table, conname AS name FROM pg_constraint c
WHERE contype = 'f' AND connamespace = 'public'::regnamespace
AND conrelid::regclass::text NOT LIKE 'procrastinate%'
AND NOT EXISTS (
  SELECT 1 FROM pg_index i WHERE i.indrelid = c.conrelid
  AND (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey)"""
CASCADES = """
SELECT conrelid::regclass::text AS table, conname AS name FROM pg_constraint
WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND confdeltype IN ('c', 'n', 'd')
AND conrelid::regclass::text NOT LIKE 'procrastinate%'"""
NAIVE_TIMES = """
SELECT table_name || '.' || column_name AS column FROM information_schema.columns
WHERE table_schema = 'public' AND data_type = 'timestamp without time zone'"""
FLOATS = """
SELECT table_name || '.' || column_name AS column FROM information_schema.columns
WHERE table_schema = 'public' AND data_type IN ('real', 'double precision')
AND (column_name LIKE '%minor%' OR column_name LIKE '%amount%' OR column_name LIKE '%price%')"""


@pytest.mark.usefixtures("database")
async def test_every_model_has_its_table_with_the_same_columns() -> None:
    real: dict[str, dict[str, bool]] = {}
    for row in await connection().execute_query_dict(COLUMNS):
        nullable = row["is_nullable"] == "YES"
        real.setdefault(row["table_name"], {})[row["column_name"]] = nullable
    assert Tortoise.apps is not None
    problems = []
    for model in Tortoise.apps["relais"].values():
        table = model._meta.db_table
        columns = real.get(table)
        if columns is None:
            problems.append(f"{model.__name__}: no table {table}")
            continue
        mapped = model._meta.fields_db_projection
        problems += [
            f"{table}.{name} is in no migration" for name in mapped.values() if name not in columns
        ]
        problems += [
            f"{table}.{name} is in no model" for name in columns if name not in mapped.values()
        ]
        problems += [
            f"{table}.{column}: null in the model is {field.null}, in the table {columns[column]}"
            for name, column in mapped.items()
            if column in columns and (field := model._meta.fields_map[name]).null != columns[column]
        ]
    assert not problems, "\n".join(problems)


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("query", "advice"),
    [
        pytest.param(UNINDEXED, "add an index to these foreign keys", id="indexed"),
        pytest.param(CASCADES, "say ON DELETE RESTRICT", id="restrict"),
        pytest.param(NAIVE_TIMES, "use timestamptz", id="timestamptz"),
        pytest.param(FLOATS, "money is an integer of minor units", id="money"),
    ],
)
async def test_the_schema_keeps_its_promises(query: str, advice: str) -> None:
    found = await connection().execute_query_dict(query)
    assert not found, f"{advice}: {[' '.join(map(str, row.values())) for row in found]}"
