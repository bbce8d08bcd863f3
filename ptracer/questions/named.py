"""Questions that are asked often, by name: each is a query over the views ``calls``, ``processes`` and ``files``."""

from __future__ import annotations

from ptracer.arguments import UsageError, suggestion

NAMED = {
    "slow-files": """
        SELECT path, sum(calls) AS calls, round(sum(time_ns) / 1e6, 3) AS ms, round(max(longest_ns) / 1e6, 3) AS longest_ms,
            sum(errors) AS errors, min(command) AS command
        FROM files GROUP BY path ORDER BY sum(time_ns) DESC NULLS LAST LIMIT 20
    """,
    "slow-calls": """
        SELECT syscall, count(*) AS calls, count(errno) AS errors, round(sum(dur_ns) / 1e6, 3) AS ms,
            round(quantile_cont(dur_ns, 0.5) / 1e3, 1) AS median_us, round(quantile_cont(dur_ns, 0.99) / 1e3, 1) AS p99_us,
            round(max(dur_ns) / 1e3, 1) AS longest_us
        FROM calls GROUP BY syscall ORDER BY sum(dur_ns) DESC NULLS LAST LIMIT 30
    """,
    "errors": """
        SELECT syscall, errno, count(*) AS calls, list(DISTINCT command ORDER BY command)[:3] AS commands,
            min(path) AS for_example
        FROM calls WHERE errno IS NOT NULL GROUP BY syscall, errno ORDER BY calls DESC, syscall, errno LIMIT 40
    """,
    "missing-files": """
        SELECT path, count(*) AS looked_for, list(DISTINCT command ORDER BY command)[:3] AS commands,
            list(DISTINCT syscall ORDER BY syscall)[:3] AS by_calls
        FROM calls WHERE errno = 'ENOENT' AND path IS NOT NULL GROUP BY path ORDER BY looked_for DESC, path LIMIT 40
    """,
    "busy-processes": """
        SELECT p.host, p.pid, p.parent, p.command, any_value(p.calls) AS calls, count(c.errno) AS errors,
            round(sum(c.dur_ns) / 1e6, 3) AS ms_in_calls, round(any_value(p.end_ns - p.ts_ns) / 1e6, 3) AS ms_alive,
            any_value(coalesce(p.signal, CAST(p.status AS VARCHAR))) AS ended
        FROM processes p JOIN calls c ON c.host = p.host AND c.pid = p.pid
            AND c.ts_ns >= coalesce(p.ts_ns, 0) AND c.ts_ns <= coalesce(p.end_ns, 9223372036854775807)
        GROUP BY p.host, p.pid, p.ts_ns, p.parent, p.command ORDER BY calls DESC LIMIT 30
    """,
    "data": """
        SELECT path, sum(bytes_read) AS bytes_read, sum(bytes_written) AS bytes_written, sum(calls) AS calls,
            min(command) AS command
        FROM files WHERE bytes_read + bytes_written > 0 GROUP BY path ORDER BY sum(bytes_read + bytes_written) DESC LIMIT 20
    """,
}


def sql_of(question: str) -> str:
    """The query of a question, which is one itself or the name of one. UsageError: it is neither."""
    if question in NAMED:
        return NAMED[question]
    if not question.strip() or " " not in question.strip():
        meant = suggestion(question, list(NAMED))
        others = f" (there is {', '.join(NAMED)}, or any SELECT)"
        raise UsageError(f"--sql: there is no question '{question}'{meant or others}")
    return question
