"""Judges compiled from the schema's annotations: functions from a value to its disagreements.

Never knows an operation; the oracle asks. An annotation is compiled once; judging a value that fits
costs nothing but the walk.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Callable
from typing import Any

from payments.sandbox import eventtypes, schema
from payments.sandbox.schema import Shape, name_of

Problems = tuple[tuple[str, str], ...]
"""Pairs of where (a path below the value, beginning with a dot or bracket) and what is wrong."""
Judge = Callable[[Any], Problems]

FITS: Problems = ()
_INTEGER = re.compile(r"-?\d+\Z")


def _wrong(message: str) -> Problems:
    return (("", message),)


def _below(place: str, problems: Problems) -> Problems:
    return tuple((place + path, message) for path, message in problems)


def anything(_: Any) -> Problems:
    """The judge of what may be anything."""
    return FITS


# -- compiling -------------------------------------------------------------------------------------


def compiled(annotation: ast.expr, scope: Shape, *, wire: bool) -> Judge:
    """The judge of an annotation met in a scope.

    `wire` judges decoded form parameters, where numbers and booleans are strings.
    """
    node = schema.unquote(annotation)
    if isinstance(node, ast.Constant) and node.value is None:
        return lambda value: FITS if value is None else _wrong("expected null")
    if isinstance(node, ast.BinOp):
        return _union([node.left, node.right], scope, wire=wire)
    if isinstance(node, ast.Subscript):
        return _generic(node, scope, wire=wire)
    return _named(name_of(node), scope, wire=wire)


def _named(name: str | None, scope: Shape, *, wire: bool) -> Judge:
    """For a plain name: a scalar or a class of the package."""
    if name in (None, "Any", "object"):
        return anything
    scalar = _scalar(name, wire=wire)
    if scalar is not None:
        return lambda value: FITS if scalar(value) else _expected(str(name), value)
    shape = schema.resolve(str(name), scope)
    return anything if shape is None else _lazily(shape, wire=wire)


def _expected(name: str, value: Any) -> Problems:
    return _wrong(f"expected {name}, got {value!r:.60}")


def _scalar(name: str | None, *, wire: bool) -> Callable[[Any], bool] | None:
    match name:
        case "str":
            return lambda value: isinstance(value, str)
        case "int" if wire:
            return lambda value: (
                _is_integer(value) or (isinstance(value, str) and bool(_INTEGER.match(value)))
            )
        case "int":
            return _is_integer
        case "float" | "Decimal":
            return lambda value: (
                isinstance(value, int | float | str) and not isinstance(value, bool)
            )
        case "bool":
            texts = ("true", "false") if wire else ()
            return lambda value: isinstance(value, bool) or value in texts
        case "UntypedStripeObject":
            return lambda value: isinstance(value, dict)
        case _:
            return None


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _lazily(shape: Shape, *, wire: bool) -> Judge:
    """For a class, compiled when the first value of it comes: classes contain one another."""

    def judge(value: Any) -> Problems:
        return judge_of(shape, wire=wire)(value)

    return judge


def _generic(node: ast.Subscript, scope: Shape, *, wire: bool) -> Judge:
    """For `X[...]`."""
    args = schema.arguments(node)
    name = name_of(node.value)
    if name == "Literal":
        allowed = schema.literal_values(node)
        return lambda value: FITS if value in allowed else _wrong(f"{value!r} not in {allowed[:8]}")
    if name == "Union":
        return _union(args, scope, wire=wire)
    if name in ("Dict", "Mapping"):
        return _mapping(compiled(args[1], scope, wire=wire))
    wrapper = _WRAPPERS.get(str(name))
    return anything if wrapper is None else wrapper(compiled(args[0], scope, wire=wire))


def _nullable(inner: Judge) -> Judge:
    return lambda value: FITS if value is None else inner(value)


def _expandable(inner: Judge) -> Judge:
    return lambda value: FITS if isinstance(value, str) else inner(value)


def _items(inner: Judge) -> Judge:
    def judge(value: Any) -> Problems:
        if not isinstance(value, list):
            return _wrong(f"expected list, got {type(value).__name__}")
        problems = FITS
        for index, item in enumerate(value):
            if found := inner(item):
                problems += _below(f"[{index}]", found)
        return problems

    return judge


def _page(inner: Judge) -> Judge:
    items = _items(inner)

    def judge(value: Any) -> Problems:
        if not isinstance(value, dict) or "data" not in value:
            return _wrong("expected a page with data")
        return _below(".data", items(value["data"]))

    return judge


def _mapping(inner: Judge) -> Judge:
    def judge(value: Any) -> Problems:
        if not isinstance(value, dict):
            return _wrong("expected an object")
        problems = FITS
        for name, item in value.items():
            if found := inner(item):
                problems += _below(f".{name}", found)
        return problems

    return judge


_WRAPPERS: dict[str, Callable[[Judge], Judge]] = {
    "NotRequired": lambda inner: inner,
    "Optional": _nullable,
    "ExpandableField": _expandable,
    "List": _items,
    "list": _items,
    "Sequence": _items,
    "ListObject": _page,
    "SearchResultObject": _page,
    "V2ListObject": _page,
    "UntypedStripeObject": _mapping,
}


def _union(parts: list[ast.expr], scope: Shape, *, wire: bool) -> Judge:
    """For alternatives.

    An open enum (`Literal[...] | str`) is closed here: a sandbox must not invent values.
    """
    options = list(_flatten(parts))
    judges = [compiled(option, scope, wire=wire) for option in options]
    allowed = [
        value
        for option in options
        if isinstance(option, ast.Subscript) and name_of(option.value) == "Literal"
        for value in schema.literal_values(option)
    ]
    others = {name_of(o) for o in options if not isinstance(o, ast.Subscript)}
    closed = bool(allowed) and allowed != [""] and not others - {None, "str"}

    def judge(value: Any) -> Problems:
        if closed and isinstance(value, str):
            return FITS if value in allowed else _wrong(f"{value!r} not in {allowed[:8]}")
        best: Problems | None = None
        for option in judges:
            found = option(value)
            if not found:
                return FITS
            if best is None or len(found) < len(best):
                best = found
        return (best or _wrong("no alternative fits"))[:3]

    return judge


def _flatten(parts: list[ast.expr]) -> list[ast.expr]:
    flat: list[ast.expr] = []
    for part in map(schema.unquote, parts):
        if isinstance(part, ast.BinOp):
            flat += _flatten([part.left, part.right])
        elif isinstance(part, ast.Subscript) and name_of(part.value) == "Union":
            flat += _flatten(schema.arguments(part))
        else:
            flat.append(part)
    return flat


@functools.cache
def judge_of(shape: Shape, *, wire: bool = False) -> Judge:
    """The judge of a class's objects: no unknown field, no missing one, each of its type."""
    if shape != eventtypes.THIN_EVENT:
        return _fields(shape, schema.fields(shape), wire=wire)
    plain = _fields(shape, schema.fields(shape), wire=wire)

    def judge(value: Any) -> Problems:  # a thin event has the fields of its type besides
        kind = str(value.get("type")) if isinstance(value, dict) else ""
        return (_thin_judge(kind, wire=wire) or plain)(value)

    return judge


@functools.cache
def _thin_judge(kind: str, *, wire: bool) -> Judge | None:
    shape = eventtypes.thin_event(kind)
    if shape is None:
        return None
    both = schema.fields(eventtypes.THIN_EVENT) | schema.fields(shape)
    return _fields(eventtypes.THIN_EVENT, both, wire=wire)


def _fields(shape: Shape, found: dict[str, schema.Field], *, wire: bool) -> Judge:
    known = {name: compiled(*field, wire=wire) for name, field in found.items()}
    required = [n for n, (a, _) in found.items() if n != "deleted" and not _may_be_absent(a)]

    def judge(value: Any) -> Problems:
        if not isinstance(value, dict):
            return _expected(str(shape), value)
        strange, problems = FITS, FITS
        for name, given in value.items():
            field = known.get(name)
            if field is None:
                if name != "deleted":
                    strange += ((f".{name}", f"unknown field of {shape}"),)
            elif wrong := field(given):
                problems += _below(f".{name}", wrong)
        for name in required:
            if name not in value:
                problems += ((f".{name}", "missing required field"),)
        return strange + problems

    return judge


def _may_be_absent(annotation: ast.expr) -> bool:
    node = schema.unquote(annotation)
    return isinstance(node, ast.Subscript) and name_of(node.value) in ("NotRequired", "Optional")
