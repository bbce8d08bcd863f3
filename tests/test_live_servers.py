"""Live, multi-threaded servers: attached under load, let go, attached again; their clients lose nothing."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [pytest.mark.ptrace, pytest.mark.timeout(110)]

PTRACER = [sys.executable, "-m", "ptracer"]
ATTACHES = 20


class Load(threading.Thread):
    """A client that asks without pause and counts what was not answered rightly."""

    def __init__(self, port: int, request: bytes, reply: bytes) -> None:
        super().__init__(daemon=True)
        self.port, self.request, self.reply = port, request, reply
        self.answered = self.lost = 0
        self.going = True

    def run(self) -> None:
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            while self.going:
                connection.sendall(self.request)
                got = b""
                while len(got) < len(self.reply):
                    part = connection.recv(4096)
                    if not part:
                        break
                    got += part
                if got == self.reply:
                    self.answered += 1
                else:
                    self.lost += 1
                    return


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int) -> None:
    """Until somebody listens."""
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(f"nothing listens on port {port}")


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A redis server of our own, with threads for input and output."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed here: the Debian package redis-server")
    port = free_port()
    settings = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path), "--io-threads", "3"]
    server = subprocess.Popen([program, *settings], stdout=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield server, port
    finally:
        server.kill()
        server.wait(20)


def state_of(pid: int) -> str:
    """The letter of a process's state."""
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]


def tracer_of(pid: int) -> int:
    """Who traces a process; 0 is nobody."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("TracerPid:")[1].split()[0])


def test_redis_under_load_is_attached_and_let_go_twenty_times(
    redis: tuple[subprocess.Popen[bytes], int], tmp_path: Path
) -> None:
    server, port = redis
    load = [Load(port, b"PING\r\n", b"+PONG\r\n") for _ in range(3)]
    for client in load:
        client.start()
    seen = 0
    for attach in range(ATTACHES):
        trace = tmp_path / f"trace{attach}"
        tracer = subprocess.Popen([*PTRACER, "-f", "-o", str(trace), "-p", str(server.pid)], stderr=subprocess.PIPE)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and not (trace.exists() and b"PONG" in trace.read_bytes()):
            time.sleep(0.02)
        tracer.send_signal(signal.SIGINT)
        _, complaint = tracer.communicate(timeout=30)
        text = trace.read_text()
        assert "read(" in text or "write(" in text, complaint
        assert "Traceback" not in complaint.decode()
        seen += text.count("+PONG")
        assert tracer_of(server.pid) == 0
        assert state_of(server.pid) not in "tT"
    for client in load:
        client.going = False
        client.join(20)
    assert [client.lost for client in load] == [0, 0, 0]
    assert all(client.answered > 10 for client in load)
    assert seen > 0
    assert server.poll() is None


def test_every_thread_of_a_live_process_is_attached(redis: tuple[subprocess.Popen[bytes], int], tmp_path: Path) -> None:
    server, _ = redis
    threads = {int(name) for name in os.listdir(f"/proc/{server.pid}/task")}
    assert len(threads) > 1
    tracer = subprocess.Popen(
        [*PTRACER, "-f", "-o", str(tmp_path / "trace"), "-p", str(server.pid)], stderr=subprocess.PIPE, text=True
    )
    try:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and any(tracer_of_thread(server.pid, tid) != tracer.pid for tid in threads):
            time.sleep(0.05)
        assert {tid for tid in threads if tracer_of_thread(server.pid, tid) == tracer.pid} == threads
    finally:
        tracer.send_signal(signal.SIGINT)
        tracer.communicate(timeout=30)
    assert all(tracer_of_thread(server.pid, tid) == 0 for tid in threads)


def tracer_of_thread(pid: int, tid: int) -> int:
    """Who traces one thread."""
    status = Path(f"/proc/{pid}/task/{tid}/status").read_text()
    return int(status.split("TracerPid:")[1].split()[0])
