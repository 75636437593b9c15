"""The conformance oracle: whether a request or an answer fits the installed package's schema.

Never knows what an operation means; it only judges names, types, enums and nullability.
"""

from __future__ import annotations

import ast
import functools
from typing import Any

from payments.sandbox import schema
from payments.sandbox.judges import Judge, Problems, anything, compiled, judge_of
from payments.sandbox.schema import Operation, Shape, name_of


def _told(problems: Problems) -> list[str]:
    return [f"{path.lstrip('.') or '$'}: {message}" for path, message in problems]


@functools.cache
def _request_judge(operation: Operation, *, wire: bool) -> Judge | None:
    if operation.params is None:
        return None
    annotation = schema.unquote(operation.params)
    if isinstance(annotation, ast.Subscript) and name_of(annotation.value) == "Optional":
        annotation = schema.arguments(annotation)[0]
    shape = schema.resolve(name_of(annotation) or "", operation.scope)
    assert shape is not None, operation.name
    return judge_of(shape, wire=wire)


@functools.cache
def _response_judge(operation: Operation) -> Judge:
    if operation.returns is None:
        return anything
    return compiled(operation.returns, operation.scope, wire=False)


def check_request(operation: Operation, params: dict[str, Any], *, wire: bool = True) -> list[str]:
    """Disagreements of decoded parameters with an operation; empty when they fit."""
    judge = _request_judge(operation, wire=wire)
    if judge is None:
        return [f"{name}: unknown field" for name in params if name != "expand"]
    return _told(judge(params))


def check_response(operation: Operation, body: dict[str, Any]) -> list[str]:
    """Disagreements of an answer with an operation; empty when it fits."""
    return _told(_response_judge(operation)(body))


def check_object(shape: Shape, body: dict[str, Any]) -> list[str]:
    """Disagreements of one object with its class; empty when it fits."""
    return _told(judge_of(shape)(body))
