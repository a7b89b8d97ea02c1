"""A room's face is its ``__all__``: complete, true and sorted."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

from tests.house.places import SRC, short, sources

FACES = [
    path for path in sources() if path.name == "__init__.py" and "migrations" not in path.parts and path.parent != SRC
]


def exported(tree: ast.Module) -> list[str] | None:
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets):
            return list(ast.literal_eval(node.value))
    return None


def defined(tree: ast.Module) -> set[str]:
    """Public names that the module imports from its own package or makes itself."""
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("weftline"):
            inside = node.module or ""
            submodules = SRC.parent.joinpath(*inside.split("."))
            names |= {
                alias.asname or alias.name
                for alias in node.names
                if inside.count(".") > 1 and not (submodules / f"{alias.name}.py").is_file()
            }
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {t.id for t in node.targets if isinstance(t, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return {name for name in names if not name.startswith("_")}


@pytest.mark.parametrize("path", FACES, ids=short)
def test_the_face_of_a_room(path: Path):
    tree = ast.parse(path.read_text("utf-8"))
    names = exported(tree)
    if names is None:
        assert defined(tree) == set(), f"{short(path)} has names but no __all__"
        return
    module = importlib.import_module(".".join(path.relative_to(SRC.parent).parent.parts))
    assert [name for name in names if not hasattr(module, name)] == [], "named but not there"
    assert sorted(set(names)) == sorted(names), "named twice"
    order = sorted(names, key=lambda n: (not n.isupper(), not n[0].isupper(), n))
    assert names == order, "sort it: constants, classes, functions"
    from_elsewhere = {"Registry", "Connection"}
    assert defined(tree) - set(names) - from_elsewhere == set(), "public but not named"


@pytest.mark.parametrize("path", sources(), ids=short)
def test_every_module_says_what_it_is_for(path: Path):
    text = path.read_text("utf-8")
    assert not text.strip() or ast.get_docstring(ast.parse(text)), f"{short(path)} has no docstring"
