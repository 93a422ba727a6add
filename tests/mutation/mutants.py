"""Mutants of the SQL: each file with one thing of its tree changed as somebody in a hurry might have written it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import exp

Change = tuple[str, Callable[[exp.Expression], Any]]

TURNED: dict[type[exp.Expression], type[exp.Expression]] = {
    exp.LT: exp.LTE,
    exp.LTE: exp.LT,
    exp.GT: exp.GTE,
    exp.GTE: exp.GT,
    exp.EQ: exp.NEQ,
    exp.NEQ: exp.EQ,
    exp.NullSafeEQ: exp.NullSafeNEQ,
    exp.NullSafeNEQ: exp.NullSafeEQ,
}
"""Comparisons, each with the one that it is mistaken for."""

SWAPPED: dict[type[exp.Expression], type[exp.Expression]] = {
    exp.Min: exp.Max,
    exp.Max: exp.Min,
    exp.ArgMax: exp.ArgMin,
    exp.ArgMin: exp.ArgMax,
    exp.Least: exp.Greatest,
    exp.Greatest: exp.Least,
    exp.Add: exp.Sub,
    exp.Sub: exp.Add,
    exp.Mul: exp.Div,
}
OTHER_JOIN = {"ANTI": "SEMI", "SEMI": "ANTI"}


@dataclass(frozen=True)
class Mutant:
    """One file of `sql/` with one change, named by the text that is changed, so that it outlives other edits."""

    path: Path
    name: str
    text: str

    @property
    def file(self) -> str:
        return f"{self.path.parent.name}/{self.path.stem}"

    def __str__(self) -> str:
        return f"{self.file}: {self.name}"


def mutants(path: Path) -> list[Mutant]:
    """Every mutant of a file, each text but once."""
    tree = sqlglot.parse_one(path.read_text(encoding="utf-8"), dialect="duckdb")
    seen = {tree.sql(dialect="duckdb", comments=False)}
    named: Counter[str] = Counter()
    found = []
    for place, node in enumerate(tree.walk()):
        for change, apply in changes(node):
            copy = tree.copy()
            twin = next(one for at, one in enumerate(copy.walk()) if at == place)
            name = f"{change}: {shown(twin)}"
            apply(twin)
            text = copy.sql(dialect="duckdb", comments=False)
            if text not in seen:
                seen.add(text)
                named[name] += 1
                found.append(Mutant(path, name if named[name] == 1 else f"{name} ({named[name]})", text))
    return found


def shown(node: exp.Expression) -> str:
    text = " ".join(node.sql(dialect="duckdb", comments=False).split())
    return text if len(text) <= 100 else f"{text[:60]} ... {text[-35:]}"


def changes(node: exp.Expression) -> Iterator[Change]:
    """What may be changed at a node of the tree."""
    kind = type(node)
    if kind in TURNED:
        yield "flip", lambda one: one.replace(TURNED[kind](this=one.this, expression=one.expression))
    if kind in SWAPPED:
        yield "swap", lambda one: one.replace(SWAPPED[kind](**one.args))
    if isinstance(node, exp.And | exp.Or):
        yield "drop what is left", lambda one: one.replace(one.expression)
        yield "drop what is right", lambda one: one.replace(one.this)
    if isinstance(node, exp.Where | exp.Having | exp.Qualify) and not isinstance(node.parent, exp.Filter):
        yield "drop", lambda one: one.pop()
    if isinstance(node, exp.Filter | exp.Coalesce | exp.Distinct) and node.this is not None:
        yield "bare", lambda one: one.replace(one.this)
    if isinstance(node, exp.Is | exp.Not):
        yield "negate", lambda one: one.replace(one.this if isinstance(one, exp.Not) else exp.not_(one.copy()))
    if isinstance(node, exp.Order) and len(node.expressions) > 1:
        for key in range(len(node.expressions)):
            yield f"drop key {key + 1}", lambda one, key=key: one.expressions.pop(key)
    if isinstance(node, exp.Window) and len(node.args.get("partition_by") or ()) > 1:
        for key in range(len(node.args["partition_by"])):
            yield f"drop part {key + 1}", lambda one, key=key: one.args["partition_by"].pop(key)
    if isinstance(node, exp.Ordered):
        yield "turn round", lambda one: one.set("desc", not one.args.get("desc"))
    if isinstance(node, exp.Case):
        for arm in range(len(node.args["ifs"])):
            if len(node.args["ifs"]) > 1:
                yield f"drop arm {arm + 1}", lambda one, arm=arm: one.args["ifs"].pop(arm)
    if isinstance(node, exp.Join) and node.args.get("side") in ("LEFT", "FULL"):
        yield "inner", lambda one: one.set("side", None)
    if isinstance(node, exp.Join) and node.args.get("kind") in OTHER_JOIN:
        yield "other", lambda one: one.set("kind", OTHER_JOIN[one.args["kind"]])
    if isinstance(node, exp.Union):
        yield "drop what is below", lambda one: one.replace(one.this)
    if isinstance(node, exp.Literal) and node.is_int and isinstance(node.parent, exp.Binary | exp.Round):
        yield "one more", lambda one: one.replace(exp.Literal.number(int(one.name) + 1))
