"""Mutants of Python: one thing changed in one function of a module, put into the function that is already there.

Other modules hold the function itself (`from transforms.books.store import …`), so a mutant replaces its code, not its
name.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import inspect
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

HOME = Path(__file__).resolve().parents[2]

TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
"""Comparisons, each with the one that it is mistaken for."""

SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Break: ast.Continue,
    ast.Continue: ast.Break,
}
OTHER_NAMES = {
    "min": "max", "max": "min", "any": "all", "all": "any", "first": "last", "last": "first", "ge": "gt", "le": "lt",
    "is_null": "is_not_null", "is_not_null": "is_null",
    "any_horizontal": "all_horizontal", "all_horizontal": "any_horizontal",
}  # fmt: skip


@dataclass(frozen=True)
class PythonMutant:
    """One function of a module with one change, named by the text that is changed."""

    module: str
    function: str
    name: str
    source: str

    def __str__(self) -> str:
        return f"{self.module}.{self.function}: {self.name}"

    @property
    def place(self) -> str:
        return f"{self.module}.{self.function}"


def name_of(path: Path) -> str:
    """What a module is imported by."""
    return ".".join(path.with_suffix("").relative_to(HOME).parts)


def python_mutants(path: Path) -> list[PythonMutant]:
    """Every mutant of the functions of a module in `transforms/`."""
    module = name_of(path)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named: Counter[str] = Counter()
    found = []
    for function, node in functions(tree):
        for change, apply, undo in changes(node):
            apply()
            source = ast.unparse(ast.fix_missing_locations(tree))
            undo()
            named[f"{function}: {change}"] += 1
            nth = named[f"{function}: {change}"]
            found.append(PythonMutant(module, function, change if nth == 1 else f"{change} ({nth})", source))
    return found


def functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """The functions and methods of a module; what is defined within one is part of it."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        if isinstance(node, ast.ClassDef):
            for one in node.body:
                if isinstance(one, ast.FunctionDef):
                    yield f"{node.name}.{one.name}", one


def changes(function: ast.FunctionDef) -> Iterator[tuple[str, Callable[[], None], Callable[[], None]]]:
    """What may be changed in a function's body: how it is told, how it is done and undone."""
    for statement in function.body:
        for node in ast.walk(statement):
            for name, value in list(ast.iter_fields(node)):
                yield from _changes_of(node, name, value)


def _changes_of(node: ast.AST, name: str, value: Any) -> Iterator[tuple[str, Callable[[], None], Callable[[], None]]]:
    for change, put in _replaced(node, name, value):
        yield (
            f"{change}: {_shown(node)}",
            lambda put=put: setattr(node, name, put),
            lambda: setattr(node, name, value),
        )  # type: ignore[misc]


def _replaced(node: ast.AST, name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """The other values that a field of a node may have."""
    if isinstance(node, ast.Compare) and name == "ops":
        for at, one in enumerate(value):
            if type(one) in TURNED:
                yield "flip", [*value[:at], TURNED[type(one)](), *value[at + 1 :]]
    if isinstance(value, ast.operator | ast.boolop) and type(value) in SWAPPED:
        yield "swap", SWAPPED[type(value)]()
    if isinstance(node, ast.BoolOp) and name == "values":
        for at in range(len(value)):
            yield f"drop {at + 1}", [*value[:at], *value[at + 1 :]]
    if isinstance(node, ast.If | ast.While | ast.IfExp) and name == "test":
        yield "negate", ast.UnaryOp(ast.Not(), value)
    if isinstance(node, ast.comprehension) and name == "ifs" and value:
        yield "drop if", []
    if isinstance(node, ast.Constant) and name == "value" and type(value) is int:
        yield "one more", value + 1
    if isinstance(node, ast.Constant) and name == "value" and type(value) is bool:
        yield "turn", not value
    if isinstance(node, ast.Attribute) and name == "attr" and value in OTHER_NAMES:
        yield "other", OTHER_NAMES[value]
    if isinstance(node, ast.Name) and name == "id" and value in OTHER_NAMES:
        yield "other", OTHER_NAMES[value]
    if isinstance(node, ast.Return) and name == "value" and value is not None:
        yield "nothing", None
    if name in ("body", "orelse", "finalbody") and isinstance(value, list):
        for at, one in enumerate(value):
            if _does_something(one):
                yield f"skip {_shown(one)} in", [*value[:at], ast.Pass(), *value[at + 1 :]]


def _does_something(statement: ast.stmt) -> bool:
    """A call, a raise, an addition: without it the rest still runs."""
    called = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call | ast.YieldFrom)
    return called or isinstance(statement, ast.Raise | ast.AugAssign)


def _shown(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split()) if not isinstance(node, ast.comprehension) else "comprehension"
    return text if len(text) <= 90 else f"{text[:60]} ... {text[-25:]}"


# Into what is there


def put_in(module: str, source: str, only: str = "", calls: Callable[[str], None] | None = None) -> None:
    """Give the functions of a module that is imported the code of another source; of all, or only the named one.

    `calls` is what the code knows as `_calls`.
    """
    there = importlib.import_module(module)
    vars(builtins)["_calls"] = calls
    beside = ModuleType(module)
    exec(compile(source, there.__file__ or module, "exec", dont_inherit=True), space := vars(beside))  # noqa: S102
    for name, code in _codes(space).items():
        function = _function(vars(there), name)
        if function and (not only or name == only):
            function.__code__ = code


def _codes(space: dict[str, Any]) -> dict[str, CodeType]:
    found = {}
    for name, one in space.items():
        if inspect.isclass(one) and one.__module__ == space["__name__"]:
            names = [f"{name}.{method}" for method in vars(one)]
        else:
            names = [name]
        found.update({named: function.__code__ for named in names if (function := _function(space, named))})
    return found


def _function(space: dict[str, Any], name: str) -> FunctionType | None:
    """The function of a name in a module or class, below its decorators."""
    owner, _, method = name.rpartition(".")
    one: Any = vars(space[owner]).get(method) if owner in space else space.get(name)
    one = getattr(one, "fget", None) or getattr(one, "func", None) or getattr(one, "__func__", None) or one
    one = inspect.unwrap(one) if callable(one) else one
    return one if isinstance(one, FunctionType) else None
