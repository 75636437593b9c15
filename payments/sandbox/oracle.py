"""The conformance oracle: whether a request or an answer fits the installed package's schema.

Never knows what an operation means; it only judges names, types, enums and nullability.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from typing import Any

from payments.sandbox import schema
from payments.sandbox.schema import Operation, Shape, name_of

_INTEGER = re.compile(r"-?\d+\Z")


class Check:
    """Collects the disagreements between one value and the schema.

    `wire=True` judges decoded form parameters, where numbers and booleans are strings.
    """

    def __init__(self, *, wire: bool) -> None:
        self.wire = wire
        self.errors: list[str] = []

    def fail(self, path: str, message: str) -> bool:
        """Note a disagreement; always False."""
        self.errors.append(f"{path.lstrip('.') or '$'}: {message}")
        return False

    def value(self, annotation: ast.expr, scope: Shape, value: Any, path: str) -> bool:
        """Judge a value against an annotation met in a scope."""
        node = schema.unquote(annotation)
        if isinstance(node, ast.Constant) and node.value is None:
            return value is None or self.fail(path, "expected null")
        if isinstance(node, ast.BinOp):
            return self.union([node.left, node.right], scope, value, path)
        if isinstance(node, ast.Subscript):
            return self.generic(node, scope, value, path)
        return self.named(name_of(node), scope, value, path)

    def named(self, name: str | None, scope: Shape, value: Any, path: str) -> bool:
        """Judge against a plain name: a scalar or a class of the package."""
        match name:
            case None | "Any" | "object":
                return True
            case "str":
                fits = isinstance(value, str)
            case "int":
                fits = isinstance(value, int) and not isinstance(value, bool)
                fits = fits or (
                    self.wire and isinstance(value, str) and bool(_INTEGER.match(value))
                )
            case "float" | "Decimal":
                fits = isinstance(value, int | float | str) and not isinstance(value, bool)
            case "bool":
                fits = isinstance(value, bool) or (self.wire and value in ("true", "false"))
            case "UntypedStripeObject":
                fits = isinstance(value, dict)
            case _:
                shape = schema.resolve(name, scope)
                return True if shape is None else self.fields(shape, value, path)
        return fits or self.fail(path, f"expected {name}, got {value!r:.60}")

    def generic(self, node: ast.Subscript, scope: Shape, value: Any, path: str) -> bool:
        """Judge against `X[...]`."""
        args = schema.arguments(node)
        match name_of(node.value):
            case "NotRequired":
                return self.value(args[0], scope, value, path)
            case "Optional":
                return value is None or self.value(args[0], scope, value, path)
            case "Union":
                return self.union(args, scope, value, path)
            case "Literal":
                allowed = schema.literal_values(node)
                return value in allowed or self.fail(path, f"{value!r} not in {allowed[:8]}")
            case "ExpandableField":
                return isinstance(value, str) or self.value(args[0], scope, value, path)
            case name:
                return self.container(name, args, scope, value, path)

    def container(
        self, name: str | None, args: list[ast.expr], scope: Shape, value: Any, path: str
    ) -> bool:
        """Judge against a list, a page of a list or a free-form object."""
        match name:
            case "List" | "list" | "Sequence":
                return self.items(args[0], scope, value, path)
            case "ListObject" | "SearchResultObject" | "V2ListObject":
                return self.page(args[0], scope, value, path)
            case "Dict" | "Mapping":
                return self.mapping(args[1], scope, value, path)
            case "UntypedStripeObject" if not (self.wire and value == ""):
                return self.mapping(args[0], scope, value, path)
            case _:
                return True

    def items(self, item: ast.expr, scope: Shape, value: Any, path: str) -> bool:
        """Judge every item of a list."""
        if not isinstance(value, list):
            return self.fail(path, f"expected list, got {type(value).__name__}")
        return _all(self.value(item, scope, v, f"{path}[{i}]") for i, v in enumerate(value))

    def page(self, item: ast.expr, scope: Shape, value: Any, path: str) -> bool:
        """Judge a page of a list operation."""
        if not isinstance(value, dict) or "data" not in value:
            return self.fail(path, "expected a page with data")
        return self.items(item, scope, value["data"], f"{path}.data")

    def mapping(self, item: ast.expr, scope: Shape, value: Any, path: str) -> bool:
        """Judge every value of a free-form object."""
        if not isinstance(value, dict):
            return self.fail(path, "expected an object")
        return _all(self.value(item, scope, v, f"{path}.{k}") for k, v in value.items())

    def union(self, parts: list[ast.expr], scope: Shape, value: Any, path: str) -> bool:
        """Judge against alternatives.

        An open enum (`Literal[...] | str`) is closed here: a sandbox must not invent values.
        """
        options = list(_flatten(parts))
        literals = [o for o in options if isinstance(o, ast.Subscript) and _is_literal(o)]
        if literals and isinstance(value, str):
            allowed = [v for literal in literals for v in schema.literal_values(literal)]
            if value in allowed:
                return True
            others = {name_of(o) for o in options if not isinstance(o, ast.Subscript)}
            if allowed != [""] and not others - {None, "str"}:
                return self.fail(path, f"{value!r} not in {allowed[:8]}")
        best: list[str] | None = None
        for option in options:
            attempt = Check(wire=self.wire)
            if attempt.value(option, scope, value, path):
                return True
            if best is None or len(attempt.errors) < len(best):
                best = attempt.errors
        self.errors += (best or [f"{path}: no alternative fits"])[:3]
        return False

    def fields(self, shape: Shape, value: Any, path: str) -> bool:
        """Judge an object: no unknown field, no missing one, each of its type."""
        if not isinstance(value, dict):
            return self.fail(path, f"expected {shape}, got {value!r:.60}")
        before = len(self.errors)
        known = schema.fields_of_value(shape, value)
        for name in value:
            if name not in known and name != "deleted":
                self.fail(f"{path}.{name}", f"unknown field of {shape}")
        for name, (annotation, scope) in known.items():
            if name in value:
                self.value(annotation, scope, value[name], f"{path}.{name}")
            elif name != "deleted" and not _may_be_absent(annotation):
                self.fail(f"{path}.{name}", "missing required field")
        return len(self.errors) == before


def _all(verdicts: Iterable[bool]) -> bool:
    """Whether every verdict is good, after hearing all of them (`all` would stop early)."""
    return sum(not good for good in verdicts) == 0


def _is_literal(node: ast.Subscript) -> bool:
    return name_of(node.value) == "Literal"


def _may_be_absent(annotation: ast.expr) -> bool:
    node = schema.unquote(annotation)
    return isinstance(node, ast.Subscript) and name_of(node.value) in ("NotRequired", "Optional")


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


def check_request(operation: Operation, params: dict[str, Any], *, wire: bool = True) -> list[str]:
    """Disagreements of decoded parameters with an operation; empty when they fit."""
    if operation.params is None:
        return [f"{name}: unknown field" for name in params if name != "expand"]
    annotation = schema.unquote(operation.params)
    if isinstance(annotation, ast.Subscript) and name_of(annotation.value) == "Optional":
        annotation = schema.arguments(annotation)[0]
    shape = schema.resolve(name_of(annotation) or "", operation.scope)
    assert shape is not None, operation.name
    check = Check(wire=wire)
    check.fields(shape, params, "")
    return check.errors


def check_response(operation: Operation, body: dict[str, Any]) -> list[str]:
    """Disagreements of an answer with an operation; empty when it fits."""
    check = Check(wire=False)
    if operation.returns is not None:
        check.value(operation.returns, operation.scope, body, "")
    return check.errors


def check_object(shape: Shape, body: dict[str, Any]) -> list[str]:
    """Disagreements of one object with its class; empty when it fits."""
    check = Check(wire=False)
    check.fields(shape, body, "")
    return check.errors
