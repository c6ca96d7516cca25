"""Views reach people's rows by `visible_to`, `given_by` and `checkable_by` alone."""

import ast
from pathlib import Path
from typing import TypeGuard

import pytest
from django.apps import apps

from recognizer import views

WAYS = {"visible_to", "given_by", "checkable_by"}
# Models whose rows everybody may see.
PUBLIC = {"ModelVersion"}
SHORTCUTS = {"get_object_or_404", "get_list_or_404"}
MODULES = sorted(Path(views.__file__).parent.rglob("*.py"))


def ways_round(code: str) -> list[str]:
    """The places where code queries rows without naming their owner."""
    private = {model.__name__ for model in apps.get_app_config("recognizer").get_models()} - PUBLIC
    tree = ast.parse(code)
    asked_for_owner = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in WAYS
    }
    return [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(tree)
        if (_is_manager_of(node, private) and node not in asked_for_owner)
        or _is_shortcut_to(node, private)
    ]


def _is_manager_of(node: ast.AST, models: set[str]) -> TypeGuard[ast.Attribute]:
    return (
        isinstance(node, ast.Attribute)
        and node.attr in {"objects", "_default_manager", "_base_manager"}
        and isinstance(node.value, ast.Name)
        and node.value.id in models
    )


def _is_shortcut_to(node: ast.AST, models: set[str]) -> TypeGuard[ast.Call]:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in SHORTCUTS
        and isinstance(node.args[0], ast.Name)
        and node.args[0].id in models
    )


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_a_view_asks_for_what_its_visitor_may_see(module: Path) -> None:
    assert not ways_round(module.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "code",
    [
        "Upload.objects.get(pk=pk)",
        "Upload.objects.all().visible_to(owner)",
        "rows = Upload.objects",
        "Prediction.objects.filter(upload=pk)",
        "Upload._default_manager.get(pk=pk)",
        "get_object_or_404(Upload, pk=pk)",
    ],
)
def test_a_way_round_would_be_noticed(code: str) -> None:
    assert len(ways_round(code)) == 1


def test_the_right_way_is_taken_for_right() -> None:
    assert not ways_round("get_object_or_404(Upload.objects.visible_to(owner), pk=pk)")
