"""Files and functions stay short enough to be read in one go (ARCHITECTURE.md, sizes)."""

from __future__ import annotations

import ast

import pytest

from tests.architecture import tree

FILE_LINES = 500
FILES_OVER_300 = 3  # the rule is 300; tables of models may pass it, none may pass 500
FUNCTION_LINES = 70
TEMPLATE_LINES = 150


def test_no_python_file_is_longer_than_500_lines() -> None:
    long = {
        str(tree.inside(file)): size
        for file in tree.sources(*tree.PACKAGES, "tests")
        if (size := tree.lines(file)) > FILE_LINES
    }
    assert not long, f"split these by noun into a package of the same name: {long}"


def test_few_python_files_are_longer_than_300_lines() -> None:
    long = {
        str(tree.inside(file)): size for file in tree.sources() if (size := tree.lines(file)) > 300
    }
    assert len(long) <= FILES_OVER_300, f"300 lines is the rule; split the longest of {long}"


def test_no_function_is_longer_than_70_lines() -> None:
    long = {
        f"{tree.inside(file)}:{node.lineno} {node.name}": size
        for file in tree.sources()
        for node in ast.walk(tree.parsed(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (size := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES
    }
    assert not long, f"name the steps and make them functions: {long}"


def test_no_template_is_longer_than_150_lines() -> None:
    long = {
        str(tree.inside(file)): size
        for file in tree.files()
        if tree.inside(file).parts[:2] == ("frontend", "templates")
        and (size := tree.lines(file)) > TEMPLATE_LINES
    }
    assert not long, f"move a part into an included file or a macro: {long}"


@pytest.mark.parametrize("name", ["utils.py", "helpers.py", "common.py", "misc.py"])
def test_no_file_has_a_name_that_says_nothing(name: str) -> None:
    found = [str(tree.inside(file)) for file in tree.sources() if file.name == name]
    assert not found, f"name these after what they own: {found}"
