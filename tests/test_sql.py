"""Questions in SQL: what can be asked, how, and what is answered."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from running import PTRACER, ptracer
from traces import LS, SH, TRACE, openat, recorded, written

from ptracer.arguments import UsageError
from ptracer.questions.named import NAMED, sql_of
from ptracer.questions.showing import field

duckdb = pytest.importorskip("duckdb")

COUNT = "SELECT count(*) AS n, count(path) AS files, any_value(host) AS host, min(ts_ns) AS first FROM calls"
COUNTED = "n\tfiles\thost\tfirst\n11\t6\tweb1\t1795643943000001000\n"


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("dataset")
    written("parquet", path=str(directory))
    return directory


def asked(question: str, *places: object) -> str:
    """The answer, as it is written to a pipe."""
    run = ptracer("--sql", question, *map(str, places))
    assert (run.returncode, run.stderr) == (0, "")
    return run.stdout


# --- what can be asked


def test_a_dataset(dataset: Path) -> None:
    assert asked(COUNT, dataset) == COUNTED


def test_a_file_of_a_dataset(dataset: Path) -> None:
    (file,) = dataset.rglob("calls/**/*.parquet")
    assert asked(COUNT, file) == COUNTED


def test_a_recording(tmp_path: Path) -> None:
    assert asked(COUNT, recorded(tmp_path / "trace.rec")) == COUNTED


def test_a_recording_that_is_replayed_with_other_options(tmp_path: Path) -> None:
    recording = str(recorded(tmp_path / "trace.rec"))
    run = ptracer("--replay", recording, "-e", "trace=openat", "-Z", "--sql", "SELECT syscall, errno FROM calls")
    assert (run.stdout, run.stderr) == ("syscall\terrno\nopenat\tENOENT\n", "")


@pytest.mark.parametrize("format", ["json", "csv"])
def test_a_file_of_another_format(format: str, tmp_path: Path) -> None:
    file = tmp_path / "trace"
    file.write_text(written(format))
    fewer = "SELECT count(*) AS n, any_value(host) AS host, min(ts_ns) AS first FROM calls"
    assert asked(fewer, file) == "n\thost\tfirst\n11\tweb1\t1795643943000001000\n"
    assert asked("SELECT path, fd, errno FROM calls WHERE result = -2", file).splitlines()[1].startswith(("notes", "/home/notes"))
    assert asked("SELECT command FROM processes ORDER BY pid", file) == "command\nsh\nls\n"


def test_several_datasets_are_asked_as_one(dataset: Path, tmp_path: Path) -> None:
    written("parquet", [openat(SH, 0, b"/more", 3)], path=str(tmp_path))
    assert asked("SELECT count(*) AS n FROM calls", dataset, tmp_path) == "n\n12\n"


def test_a_dataset_of_an_older_schema_lacks_nothing(tmp_path: Path) -> None:
    directory = tmp_path / "calls" / "date=2020-01-01" / "host=old"
    directory.mkdir(parents=True)
    duckdb.sql(f"COPY (SELECT 'read' AS syscall, 5::BIGINT AS dur_ns, 1::BIGINT AS ts_ns, 7 AS pid) TO '{directory}/part-0.parquet'")
    assert asked("SELECT syscall, path, command, host FROM calls", tmp_path) == "syscall\tpath\tcommand\thost\nread\t\t\told\n"


def test_a_trace_of_no_calls_is_asked_as_well(tmp_path: Path) -> None:
    written("parquet", TRACE[:2], path=str(tmp_path))
    assert asked("SELECT count(*) AS n FROM calls", tmp_path) == "n\n0\n"


@pytest.mark.parametrize(
    "places, complaint",
    [
        ([], "--sql needs what it asks"),
        (["/etc/passwd"], "is no recording"),
        (["/nowhere"], "/nowhere: No such file or directory"),
        (["/etc"], "there is nothing of --format=parquet"),
        (["/etc", "/etc/passwd"], "is no recording"),
    ],
)
def test_what_cannot_be_asked(places: list[str], complaint: str) -> None:
    run = ptracer("--sql", "errors", *places)
    assert run.returncode == 1 and complaint in run.stderr


def test_one_recording_at_a_time(tmp_path: Path) -> None:
    recording = str(recorded(tmp_path / "trace.rec"))
    assert "one recording at a time" in ptracer("--sql", "errors", recording, recording).stderr


def test_a_database_of_sqlite_is_asked_by_sqlite(tmp_path: Path) -> None:
    written("sqlite", path=str(tmp_path / "x"))
    assert "ask it with sqlite3" in ptracer("--sql", "errors", str(tmp_path / "x")).stderr


# --- questions


def test_there_are_questions_by_name() -> None:
    assert {"slow-files", "slow-calls", "errors", "missing-files", "busy-processes", "data"} == set(NAMED)
    with pytest.raises(UsageError, match="did you mean 'slow-files'"):
        sql_of("slowfiles")
    with pytest.raises(UsageError, match="or any SELECT"):
        sql_of("x")


@pytest.mark.parametrize(
    "name, first",
    [
        ("slow-files", "/etc/profile\t3\t0.007\t0.005\t0\tsh"),
        ("slow-calls", "wait4\t1\t0\t0.01\t10.0\t10.0\t10.0"),
        ("errors", "openat\tENOENT\t1\tsh\t/home/notes"),
        ("missing-files", "/home/notes\t1\tsh\topenat"),
        ("busy-processes", f"web1\t{SH}\t\tsh\t7\t1\t0.022\t1000.0\tSIGKILL"),
        ("data", "/etc/profile\t4\t0\t3\tsh"),
    ],
)
def test_each_has_an_answer(name: str, first: str, dataset: Path) -> None:
    assert asked(name, dataset).splitlines()[1] == first


def test_a_process_has_a_parent_and_an_end(dataset: Path) -> None:
    answer = asked(f"SELECT pid, parent, command, arguments, status, signal FROM processes WHERE pid = {LS}", dataset)
    assert answer.splitlines()[1] == f"{LS}\t{SH}\tls\tls\t2\t"


def test_what_is_no_sql_is_said(dataset: Path) -> None:
    run = ptracer("--sql", "SELECT nothing FROM calls", str(dataset))
    assert run.returncode == 1 and 'column "nothing" not found' in run.stderr


# --- answers


def test_an_answer_can_be_json_or_csv_and_go_to_a_file(dataset: Path, tmp_path: Path) -> None:
    question = "SELECT syscall, args, ts FROM calls WHERE errno IS NOT NULL"
    run = ptracer("--sql", question, "--format=json", str(dataset))
    assert json.loads(run.stdout) == {"syscall": "openat", "args": [4294967196, 20480, 524288, 0], "ts": "2026-11-25T21:59:03.000011Z"}
    file = tmp_path / "answer.csv"
    assert ptracer("--sql", "SELECT 'a,b' AS x", "--format=csv", "-o", str(file), str(dataset)).returncode == 0
    assert file.read_text() == 'x\n"a,b"\n'


def test_values_between_tabs_have_no_tabs() -> None:
    assert field("a\tb\n") == "a\\tb\\n" and field(None) == "" and field([1, "x"]) == "1, x"


def test_people_see_a_table(dataset: Path) -> None:
    import os
    import pty
    import subprocess

    ours, theirs = pty.openpty()
    subprocess.run([*PTRACER, "--sql", "errors", str(dataset)], stdout=theirs, timeout=60, check=True)
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 65536):
            shown += piece
    except OSError:
        pass  # all was read
    os.close(ours)
    assert "─" in shown.decode() and "/home/notes" in shown.decode()


def test_duckdb_missing_is_said_with_what_to_install(tmp_path: Path) -> None:
    import subprocess
    import sys

    hide = "import sys; sys.modules['duckdb'] = None; from ptracer.cli import run; sys.exit(run(sys.argv[1:]))"
    for words in (["--sql", "errors", str(tmp_path)], ["--format=parquet", "-o", str(tmp_path / "x"), "true"]):
        run = subprocess.run([sys.executable, "-c", hide, *words], capture_output=True, text=True, timeout=60)
        assert run.returncode == 1 and "pip install 'ptracer-cli[sql]'" in run.stderr


# --- the same SQL elsewhere

FLEET = (Path(__file__).parent.parent / "docs" / "fleet.md").read_text()
PORTABLE = re.findall(r"```sql portable\n(.*?)```", FLEET, re.DOTALL)
ANSWERS = [
    ("web1\twait4\t1\t0.01", 10),
    ("/home/notes\t1\t1\tsh", 1),
    ("web1\tsh\tSIGKILL\t1\t7", 1),
    ("web1\t/etc/profile\t1", 2),
]


@pytest.mark.parametrize("query, answer", list(zip(PORTABLE, ANSWERS, strict=True)))
def test_the_documented_sql_is_understood_by_duckdb(query: str, answer: tuple[str, int], dataset: Path) -> None:
    lines = asked(query.replace("sum(dur_ns) / 1e6", "round(sum(dur_ns) / 1e6, 3)"), dataset).splitlines()[1:]
    assert (lines[0], len(lines)) == answer


@pytest.mark.parametrize("query, answer", list(zip(PORTABLE, ANSWERS, strict=True)))
def test_the_documented_sql_is_understood_by_clickhouse(query: str, answer: tuple[str, int], dataset: Path) -> None:
    chdb = pytest.importorskip("chdb")
    views = "".join(
        f"CREATE VIEW {table} AS SELECT * FROM file('{dataset}/{table}/**/*.parquet');" for table in ("calls", "processes")
    )
    lines = str(chdb.query(views + query, "TSV")).splitlines()
    assert (lines[0], len(lines)) == answer
