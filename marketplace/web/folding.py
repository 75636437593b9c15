"""Owns what of a template is known when it is compiled; never what depends on a request.

There is one environment per locale, so a label, an icon or an address of ours is the same for
everyone: `{{ _("Log in") }}` becomes text of the template, and a page's hundreds of labels stand
in one piece with the markup around them. Only calls whose arguments stand in the template.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jinja2 import FileSystemBytecodeCache, Template
from jinja2.compiler import CodeGenerator
from jinja2.idtracking import VAR_LOAD_RESOLVE
from jinja2.nodes import Call, Impossible, Name, TemplateData
from markupsafe import Markup, escape

if TYPE_CHECKING:
    from jinja2.compiler import Frame
    from jinja2.environment import TemplateModule
    from jinja2.nodes import Expr
    from jinja2.runtime import Context

KNOWN: Final = frozenset({"_", "asset", "icon", "url"})
"""Globals that give the same for the same; pages hand templates nothing under these names."""


class Folding(CodeGenerator):
    """Jinja's compiler, which puts in what KNOWN globals give for constants."""

    def visit_Call(  # noqa: N802 - Jinja's name
        self, node: Call, frame: Frame, forward_caller: bool = False
    ) -> None:
        """A call anywhere in an expression."""
        try:
            made = self._known(node, frame)
        except Impossible:
            super().visit_Call(node, frame, forward_caller=forward_caller)
        else:
            self.write(f"Markup({str(made)!r})" if isinstance(made, Markup) else repr(made))

    def _output_child_to_const(self, node: Expr, frame: Frame, finalize: Any) -> str:
        if isinstance(node, Call):
            made = self._known(node, frame)
            text = escape(made) if frame.eval_ctx.autoescape else made
            node = TemplateData(str(text), lineno=node.lineno)
        return super()._output_child_to_const(node, frame, finalize)

    def _known(self, node: Call, frame: Frame) -> str:
        """What a call gives whoever asks. Raises Impossible where that is not known yet."""
        name = node.node
        if not isinstance(name, Name) or name.name not in KNOWN or frame.eval_ctx.volatile:
            raise Impossible
        held = frame.symbols.find_ref(name.name)
        if held is None or frame.symbols.find_load(held) != (VAR_LOAD_RESOLVE, name.name):
            raise Impossible  # the template itself has something of this name
        if node.dyn_args or node.dyn_kwargs:
            raise Impossible
        given = [one.as_const(frame.eval_ctx) for one in node.args]
        named = {one.key: one.value.as_const(frame.eval_ctx) for one in node.kwargs}
        asked = self.environment.globals[name.name]
        context = [frame.eval_ctx] if name.name == "_" else []
        return asked(*context, *given, **named)  # type: ignore[no-any-return, operator]


class Shared(Template):
    """A template whose macros are made once: nothing is ever added to what all templates know."""

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        del ctx  # Jinja compares what the importing page knows with what this template does
        return super()._get_default_module()


class Compiled(FileSystemBytecodeCache):
    """Compiled templates of one locale; `facts` are what was put in beside their source."""

    def __init__(self, folder: Path, locale: str, facts: bytes) -> None:
        super().__init__(str(folder), f"{locale}_%s.cache")
        self._facts = hashlib.sha256(Path(__file__).read_bytes() + facts).hexdigest()

    def get_source_checksum(self, source: str) -> str:
        """Changes with the source, the texts, the files and this module."""
        return hashlib.sha256((self._facts + source).encode()).hexdigest()
