"""Nothing that the books or the log can say reaches a page as the name it has in the code."""

from __future__ import annotations

import ast
import re

import pytest

from marketplace.admin.rules.log import FIELDS
from marketplace.admin.rules.runs import Act
from marketplace.web.templates import environment
from payments import explorer
from payments.ledger.balanced import Kind
from payments.models import MovementKind
from tests.architecture import tree

WORDS = {
    ("billing", "what"): [kind.value for kind in Kind],
    ("admin", "kind"): [kind.value for kind in Kind],
    ("admin", "move"): [kind.value for kind in MovementKind],
    ("admin", "state_name"): [*explorer.MOVEMENT_STATUSES, *explorer.NEWS_STATUSES,
                              "open", "won", "lost", "todo", "held", "due", "issued", "planned"],
    ("admin", "act"): [act.value for act in Act],
    ("admin", "family"): ["stripe", "disp", "recv", "fx", "escrow", "deferred", "payable", "credit",
                          "tax", "rev", "exp", "equity"],
}  # fmt: skip


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize(("feature", "macro"), WORDS)
def test_every_kind_is_said_in_words(feature: str, macro: str, lang: str) -> None:
    line = f'{{% import "{feature}/labels.html" as x with context %}}{{{{ x.{macro}(name) }}}}'
    template = environment(lang).from_string(line)
    for name in WORDS[feature, macro]:
        said = template.render(name=name, lang=lang).strip()
        assert re.match(r"[A-ZÀ-Ý][^_]+$", said), (name, said)


def test_all_that_the_log_keeps_has_words() -> None:
    ours = {"uncategorized_text", "source"}  # what Stripe is told, and lines of a comparison
    nodes = [
        node
        for file in tree.sources()
        if tree.inside(file).is_relative_to("marketplace/admin/service")
        for node in ast.walk(ast.parse(file.read_text()))
    ]
    # What a refusal says beside a field is told to whoever typed it, and kept nowhere.
    refused = {id(part) for node in nodes if isinstance(node, ast.Raise) for part in ast.walk(node)}
    kept = {
        key.value
        for node in nodes
        if isinstance(node, ast.Dict) and id(node) not in refused
        for key in node.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }
    assert {"status", "amount_minor", "failed"} <= kept
    assert kept - ours <= FIELDS.keys()


def test_amounts_in_the_log_are_said_with_their_currency() -> None:
    line = '{% import "admin/labels.html" as a with context %}{{ a.change(row) }}'
    row = {"before": {"earned_minor": 5645, "currency": "EUR"},
           "after": {"earned_minor": 645, "amount_minor": 5000, "currency": "EUR"}}  # fmt: skip
    said = environment("fr").from_string(line).render(row=row, lang="fr", log_fields=FIELDS)
    assert re.search(r"56,45\W€ → 6,45\W€", said)
    assert re.search(r"50,00\W€", said)
    assert "minor" not in said
