"""What SECURITY.md promises: nothing is run that came from outside, and whoever asks can only read."""

from __future__ import annotations

import ast
import os
import re
import stat
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

import duckdb
import pytest

from flows.dpor import exit_code
from transforms.database.connections import reading

HOME = Path(__file__).resolve().parents[2]
SOURCES = sorted(path for folder in ("flows", "transforms", "schemas") for path in (HOME / folder).rglob("*.py"))
FORBIDDEN_CALLS = {
    *("eval", "exec", "compile", "__import__"),
    *("system", "popen", "Popen", "call", "check_output", "getoutput"),
}
FORBIDDEN_IMPORTS = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "socket", "urllib", "requests", "httpx"}
PROCESSES = ("door.py", "parquet_trial.py")
"""Who starts our own interpreter, by a list and no shell: to see if a cluster is open, and what a file does to it."""
KNOCKS = {"door.py": {"socket"}, "server_door.py": {"urllib"}}
"""Who sees whether anything listens where a cluster or a server is said to be, and with what."""


def called(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "attr", getattr(node.func, "id", "")), node


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(HOME).as_posix())
def test_no_shell_no_eval_no_pickle_no_network_of_our_own(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    own = {name for name in imported(tree) if name in FORBIDDEN_IMPORTS}
    assert own == KNOCKS.get(path.name, set())
    for name, call in called(tree):
        of = ast.unparse(call.func).rpartition(".")[0]
        plain = of in ("", "os", "subprocess", "builtins")
        assert not (plain and name in FORBIDDEN_CALLS), f"{path}:{call.lineno} {ast.unparse(call)[:60]}"
        assert of != "subprocess" or not any(word.arg == "shell" for word in call.keywords), f"{path}:{call.lineno}"
        # Without -P it would take modules from the folder that a command is given in.
        assert of != "subprocess" or ast.unparse(call.args[0]).startswith("[sys.executable, '-P', "), path
    assert "subprocess" not in set(imported(tree)) or path.name in PROCESSES


def test_no_text_from_outside_is_spliced_into_sql() -> None:
    """What is put into the text of a statement is named here: our relations and files, and literals, escaped."""
    spliced = set()
    for path in SOURCES:
        for name, call in called(ast.parse(path.read_text(encoding="utf-8"))):
            is_of_a_connection = bool(ast.unparse(call.func).count("."))
            place = ASKING.get((name, is_of_a_connection), len(call.args))
            found = {put_together(piece) for text in call.args[place : place + 1] for piece in pieces(text)}
            spliced |= {(path.name, piece) for piece in found - {""}}
    assert spliced == {(file, piece) for file, allowed in ALLOWED.items() for piece in allowed}


def pieces(text: ast.expr) -> list[ast.expr]:
    """What a statement is put together from, where it is given: the values of an f-string, or what it is instead."""
    if isinstance(text, ast.JoinedStr):
        return [value.value if isinstance(value, ast.FormattedValue) else value for value in text.values]
    return [text]


def put_together(piece: ast.expr) -> str:
    """A piece as it stands in the code; nothing for what is plain text, or of a function that makes it safe."""
    said = ast.unparse(piece)
    return "" if isinstance(piece, ast.Constant) or re.match(r"(literal|sql|definition)\(", said) else said


ASKING = {
    **dict.fromkeys([("execute", True), ("executemany", True), ("sql", True)], 0),
    **dict.fromkeys([("dicts", False)], 1),
}
"""What takes the text of a statement, whether it is a method, and as which of its arguments."""

ALLOWED = {
    "connections.py": ("form", "min(own, MOST_MEMORY)"),
    "finishing.py": ("statement", "MOST_SHOWN"),
    "ledger.py": ("name",),
    "published.py": ("name", "' union all '.join(asked)", "' union all '.join(looks)", "', '.join(counts)"),
    "restoring.py": ("PARTNERS", "PUBLISHED_RUN"),
    "export.py": ("name",),
    "shards.py": ("feed", "rows"),
    "warehouse.py": ("name", "feed", "kept", "kind", "query"),
}
"""By file: relations of RELATIONS and PUBLISHED, conditions on their columns, numbers, and texts of our own."""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("security")
    place = ["--db", f"{folder}/dpor.duckdb", "--deliveries", str(HOME / "data/sample"), "--out", f"{folder}/out"]
    assert exit_code(["run", "--period", "2014-10", *place]) == 0
    (folder / "secret.csv").write_text("a\n1\n", encoding="utf-8")
    return folder / "dpor.duckdb"


@pytest.mark.parametrize(
    "asked",
    [
        "delete from statements",
        "update statements set payment = 0",
        "drop view cap_usage",
        "create table x (i int)",
        "from read_csv('{folder}/secret.csv')",
        "from read_text('/etc/passwd')",
        "from glob('{folder}/*')",
        "copy statements to '{folder}/out.csv'",
        "attach '{folder}/other.duckdb' as other",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "set allowed_directories = ['/']",
        "from read_parquet('http://127.0.0.1:1/x.parquet')",
        "export database '{folder}/copied'",
    ],
)
def test_whoever_asks_can_only_read_the_database(database: Path, asked: str) -> None:
    before = sorted(database.parent.iterdir())
    with duckdb.connect(str(database), read_only=True) as con:
        rows = con.execute("from statements order by all").fetchall()
    with pytest.raises(Exception, match=r".") as refused, reading(database) as con:
        assert con.execute("select count(*) from cap_usage").fetchone()
        con.execute(asked.format(folder=database.parent))
    said = refused.value.__cause__ or refused.value
    assert isinstance(said, duckdb.Error)
    assert re.search("read-only mode|disabled (by|through) configuration|has been locked", str(said)), said
    assert sorted(database.parent.iterdir()) == before
    with duckdb.connect(str(database), read_only=True) as con:
        assert con.execute("from statements order by all").fetchall() == rows


@pytest.mark.parametrize("mpn_id", ["../../etc/passwd", "1100001'; drop table statements; --", "*", "", "\x00"])
def test_an_id_is_a_value_and_never_a_path_or_a_statement(
    database: Path, mpn_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(["statement", mpn_id, "--period", "2014-10", "--db", str(database)]) == 2
    assert exit_code(["explain", mpn_id, "--period", "2014-10", "--db", str(database)]) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert exit_code(["statement", "1100001", "--period", "2014-10", "--db", str(database)]) == 0


@pytest.mark.slow
def test_nothing_of_a_customer_is_said_while_a_run_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = ["--db", f"{tmp_path}/d.duckdb", "--deliveries", str(HOME / "data/sample"), "--out", f"{tmp_path}/out"]
    assert exit_code(["check", *place[:4]]) == 0
    assert exit_code(["run", *place]) == 0
    said = "".join(capsys.readouterr())
    with duckdb.connect(f"{tmp_path}/d.duckdb", read_only=True) as con:
        private = con.execute("select organization_name, address, phone from current_customers").fetchall()
        private += con.execute("select ppc_name, ppc_email, partner_name from current_partners").fetchall()
    assert len(private) > 20
    assert [text for row in private for text in row if len(text) > 6 and text in said] == []


def test_files_are_never_made_executable_and_follow_the_umask(tmp_path: Path) -> None:
    place = ["--db", f"{tmp_path}/d.duckdb", "--deliveries", str(HOME / "data/sample"), "--out", f"{tmp_path}/out"]
    before = os.umask(0o077)
    try:
        assert exit_code(["run", "--period", "2014-10", *place]) == 0
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*") if path.is_file()}
    assert modes == {0o600}


def test_what_is_installed_is_what_is_pinned() -> None:
    """In place of an audit, whose data not every machine reaches: no package slips in that nobody chose."""
    pinned = {}
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (HOME / name).read_text(encoding="utf-8").splitlines():
            if "==" in line:
                package, _, version = line.partition("==")
                pinned[plain(package)] = version
    installed = {plain(one.metadata["Name"]): one.version for one in distributions()}
    assert {name: installed.get(name) for name in pinned} == pinned


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
