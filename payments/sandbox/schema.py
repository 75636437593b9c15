"""Stripe's schema, read from the source of the installed stripe package: operations, fields, enums.

Never imports or executes the package's resource classes: every file is generated from Stripe's
OpenAPI description, so its syntax tree is the description of exactly the version we ship.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import stripe

ROOT = Path(stripe.__file__).parent
_NOT_A_PARAMETER_BASE = frozenset({"RequestOptions", "TypedDict", "StripeObject"})
_REQUESTERS = frozenset({"_request", "_request_stream"})


@dataclass(frozen=True)
class Module:
    """The parts of one file that names are resolved against."""

    classes: dict[str, ast.ClassDef]
    imports: dict[str, tuple[str, str]]
    aliases: dict[str, ast.expr]


@functools.cache
def load_module(dotted: str) -> Module:
    """Parse one module of the package, named as in an import (`stripe._charge`)."""
    base = ROOT.parent.joinpath(*dotted.split("."))
    path = base.with_suffix(".py") if base.with_suffix(".py").exists() else base / "__init__.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    module = Module({}, {}, {})
    for node in _at_the_top(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("stripe"):
            for alias in node.names:
                module.imports[alias.asname or alias.name] = (node.module, alias.name)
    for statement in tree.body:
        if isinstance(statement, ast.ClassDef):
            module.classes[statement.name] = statement
        elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            module.aliases[statement.targets[0].id] = statement.value
    return module


def _at_the_top(tree: ast.Module) -> Iterator[ast.stmt]:
    """A module's own statements and those of its conditions (`if TYPE_CHECKING`)."""
    for node in tree.body:
        if isinstance(node, ast.If):
            yield from node.body
        yield node


@dataclass(frozen=True)
class Shape:
    """A class of the package: `Shape("stripe._charge", ("Charge", "Outcome"))`."""

    module: str
    path: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join(self.path)

    def nested(self, *names: str) -> Shape:
        """The class nested in this one."""
        return Shape(self.module, self.path + names)


Field = tuple[ast.expr, Shape]


def _node(shape: Shape) -> ast.ClassDef:
    node = load_module(shape.module).classes[shape.path[0]]
    for part in shape.path[1:]:
        node = next(c for c in node.body if isinstance(c, ast.ClassDef) and c.name == part)
    return node


@functools.cache
def fields(shape: Shape) -> dict[str, Field]:
    """Each wire name of the class with its annotation and the scope to resolve it in."""
    found: dict[str, Field] = {}
    node = _node(shape)
    for base in node.bases:
        if isinstance(base, ast.Name) and base.id not in _NOT_A_PARAMETER_BASE:
            found.update(_inherited(base.id, shape))
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            if name_of(getattr(statement.annotation, "value", None)) != "ClassVar":
                found[statement.target.id] = (unquote(statement.annotation), shape)
    for python_name, wire_name in _renamings(node):
        if python_name in found:
            found[wire_name] = found.pop(python_name)
    return found


def _inherited(base: str, shape: Shape) -> dict[str, Field]:
    """Parameters from a TypedDict base, which is a class or `TypedDict("X", {"from": T})`."""
    alias = load_module(shape.module).aliases.get(base)
    if isinstance(alias, ast.Call) and name_of(alias.func) == "TypedDict":
        names = alias.args[1]
        assert isinstance(names, ast.Dict)
        return {
            key.value: (unquote(value), shape)
            for key, value in zip(names.keys, names.values, strict=True)
            if isinstance(key, ast.Constant) and isinstance(key.value, str)
        }
    parent = resolve(base, shape)
    return fields(parent) if parent and parent.module.startswith("stripe.params") else {}


def _renamings(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for statement in node.body:
        if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Dict):
            continue
        if name_of(statement.targets[0]) != "_field_remappings":
            continue
        for key, value in zip(statement.value.keys, statement.value.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(value, ast.Constant):
                yield str(key.value), str(value.value)


@functools.cache
def resolve(name: str, scope: Shape) -> Shape | None:
    """The class a name stands for inside a scope, or None when it is not one of the package's."""
    for depth in range(len(scope.path), 0, -1):
        owner = Shape(scope.module, scope.path[:depth])
        if any(isinstance(c, ast.ClassDef) and c.name == name for c in _node(owner).body):
            return owner.nested(name)
    module = load_module(scope.module)
    if name in module.classes:
        return Shape(scope.module, (name,))
    if name not in module.imports:
        return None
    origin, original = module.imports[name]
    imported = load_module(origin)
    if original in imported.classes:
        return Shape(origin, (original,))
    if original in imported.imports:  # a name handed on by a package's __init__
        return Shape(imported.imports[original][0], (original,))
    return None


def name_of(node: ast.AST | None) -> str | None:
    """The last part of a dotted name: `typing.Literal` -> `Literal`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


@functools.cache
def _parse_annotation(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def unquote(node: ast.expr) -> ast.expr:
    """A quoted annotation as the expression it quotes."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _parse_annotation(node.value)
    return node


def arguments(node: ast.Subscript) -> list[ast.expr]:
    """The arguments of `X[A, B]`, unquoted unless X is a Literal."""
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    return parts if name_of(node.value) == "Literal" else [unquote(part) for part in parts]


def literal_values(node: ast.expr) -> list[object]:
    """The values of a `Literal[...]`."""
    if not isinstance(node, ast.Subscript):
        return []
    return [a.value for a in arguments(node) if isinstance(a, ast.Constant)]


@dataclass(frozen=True, eq=False)
class Operation:
    """One operation of Stripe's API as the package calls it; each is read once."""

    method: str
    path: str
    params: ast.expr | None
    returns: ast.expr | None
    scope: Shape
    name: str


_PATH = re.compile(r'"(/v\d/[^"\s]*)"')


@functools.cache
def _services() -> dict[str, frozenset[str]]:
    """The service modules with the path templates in each; their text is enough to know them."""
    found: dict[str, frozenset[str]] = {}
    for path in sorted(ROOT.rglob("*_service.py")):
        if path.name != "_stripe_service.py":
            dotted = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts)
            found[dotted] = frozenset(_PATH.findall(path.read_text(encoding="utf-8")))
    return found


@functools.cache
def _operations_in(dotted: str) -> tuple[Operation, ...]:
    """The operations of one service module."""
    return tuple(
        operation
        for name, node in load_module(dotted).classes.items()
        for function in node.body
        if isinstance(function, ast.FunctionDef)
        for operation in _calls(function, Shape(dotted, (name,)))
    )


@functools.cache
def operation(method: str, path: str) -> Operation | None:
    """The operation with exactly this path template."""
    for dotted, paths in _services().items():
        if path in paths:
            for known in _operations_in(dotted):
                if (known.method, known.path) == (method, path):
                    return known
    return None


@functools.cache
def operations() -> dict[tuple[str, str], Operation]:
    """Every operation the package knows, by method and path template. Slow: reads every service."""
    return {(op.method, op.path): op for dotted in _services() for op in _operations_in(dotted)}


def _calls(function: ast.FunctionDef, scope: Shape) -> Iterator[Operation]:
    for call in ast.walk(function):
        if not isinstance(call, ast.Call) or getattr(call.func, "attr", "") not in _REQUESTERS:
            continue
        if len(call.args) < 2:
            continue
        method, url = call.args[0], call.args[1]
        if isinstance(url, ast.Call) and isinstance(url.func, ast.Attribute):
            url = url.func.value  # "/v1/x/{id}".format(...)
        if not isinstance(method, ast.Constant) or not isinstance(url, ast.Constant):
            continue
        params = next((a.annotation for a in function.args.args if a.arg == "params"), None)
        verb = str(method.value).upper()
        label = f"{scope.path[0]}.{function.name}"
        yield Operation(verb, str(url.value), params, function.returns, scope, label)


@functools.cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Each path template as a pattern, literal ones first."""
    templates = sorted({p for paths in _services().values() for p in paths}, key=_placeholders)
    return [(re.compile(re.sub(r"\{[^}]+\}", "[^/]+", t) + r"\Z"), t) for t in templates]


def _placeholders(template: str) -> int:
    return template.count("{")


def match(method: str, path: str) -> Operation | None:
    """The operation behind a request line, literal paths before templated ones."""
    for pattern, template in _patterns():
        if pattern.match(path) and (found := operation(method, template)) is not None:
            return found
    return None
