"""What stands behind descriptors and process ids: captured at the stop, shown as strace shows it."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from decoding import text_of
from running import ptracer

from ptracer.capture import outside
from ptracer.plans import APART, APART_OF_NAMES, COMMANDS, DETAILS, LINKS, NAMESPACES, TRANSLATIONS

PATHS = frozenset({"path"})
EVERYTHING = frozenset({"path", "socket", "dev", "pidfd", "eventfd", "signalfd"})
AT_FDCWD = -100
OWN = os.getpid()


def link(fd: int) -> int:
    return LINKS + ((fd & 0xFFFFFFFF) << APART)


def details(fd: int) -> int:
    return DETAILS + (fd << APART)


def described(fd: int) -> bytes:
    """Of a descriptor of this process."""
    return outside.read(OWN, details(fd))


# --- decoding


def test_a_path_stands_behind_its_descriptor() -> None:
    line = text_of("close", (3,), memory={link(3): b"/tmp/x"}, descriptors=PATHS)
    assert line == "close(3</tmp/x>) = 0"


def test_so_does_the_working_directory() -> None:
    memory = {link(AT_FDCWD): b"/home", 0x1000: b"x\0"}
    line = text_of("unlinkat", (AT_FDCWD, 0x1000, 0), memory=memory, descriptors=PATHS)
    assert line == 'unlinkat(AT_FDCWD</home>, "x", 0) = 0'


def test_the_path_of_a_result_comes_from_its_exit() -> None:
    line = text_of("dup", (3,), 4, {link(3): b"/a"}, {link(4): b"/b"}, descriptors=PATHS)
    assert line == "dup(3</a>) = 4</b>"


def test_a_deleted_file_says_so_outside_of_its_name() -> None:
    line = text_of("close", (3,), memory={link(3): b"/tmp/x (deleted)"}, descriptors=PATHS)
    assert line == "close(3</tmp/x>(deleted)) = 0"


def test_angles_and_quotation_marks_in_names_are_escaped() -> None:
    line = text_of("close", (3,), memory={link(3): b'/<a>"\n1'}, descriptors=PATHS)
    assert line == r'close(3</\74a\76\"\n1>) = 0'


@pytest.mark.parametrize(
    ("target", "known", "shown"),
    [
        (b"/dev/null", b"char 1:3", "/dev/null<char 1:3>"),
        (b"socket:[7]", b"TCP\x007\x00127.0.0.1:80\x00", "TCP:[127.0.0.1:80]"),
        (b"socket:[7]", b"TCPv6\x007\x00[::1]:80\x00[::1]:90", "TCPv6:[[::1]:80->[::1]:90]"),
        (b"socket:[7]", b"UDP\x007\x00\x00", "UDP:[7]"),
        (b"socket:[7]", b"UNIX-STREAM\x007\x000\x00", "UNIX-STREAM:[7]"),
        (b"socket:[7]", b"UNIX-STREAM\x007\x008\x00/run/s\x00", 'UNIX-STREAM:[7->8,"/run/s"]'),
        (b"socket:[7]", b"UNIX\x007\x000\x00\x00a\x00b", r'UNIX:[7,@"a\0b"]'),
        (b"socket:[7]", b"NETLINK\x007", "NETLINK:[7]"),
        (b"socket:[7]", b"NETLINK\x007\x000\x0055", "NETLINK:[ROUTE:55]"),
        (b"socket:[7]", b"", "socket:[7]"),
        (b"anon_inode:[eventfd]", b"pos:\t0\neventfd-count:               5\neventfd-id: 1\neventfd-semaphore: 0\n",
         "{eventfd-count=0x5, eventfd-id=1, eventfd-semaphore=0}"),
        (b"anon_inode:[signalfd]", b"sigmask:\t0000000000000003\n", "signalfd:[HUP INT]"),
        (b"anon_inode:[pidfd]", b"Pid:\t12\nNSpid:\t12\n", "pid:12"),
        (b"pipe:[9]", b"", "pipe:[9]"),
    ],
)  # fmt: skip
def test_what_is_not_a_plain_file(target: bytes, known: bytes, shown: str) -> None:
    memory = {link(3): target, details(3): known}
    assert text_of("close", (3,), memory=memory, descriptors=EVERYTHING) == f"close(3<{shown}>) = 0"


def test_only_what_was_asked_for_is_shown() -> None:
    memory = {link(3): b"/x", link(4): b"socket:[7]", details(4): b"TCP\x007\x00127.0.0.1:80\x00"}
    assert text_of("dup2", (3, 4), memory=memory, descriptors=frozenset({"socket"})) == "dup2(3, 4<TCP:[127.0.0.1:80]>) = 0"


def test_a_command_stands_behind_a_process() -> None:
    memory = {COMMANDS + (12 << APART): b"a <b>"}
    assert text_of("kill", (12, 0), memory=memory, processes=frozenset({"comm"})) == r"kill(12<a \74b\76>, 0) = 0"
    assert text_of("kill", (-12, 0), memory=memory, processes=frozenset({"comm"})) == "kill(-12, 0) = 0"


# --- what the tracer reads, of this process


def test_links_and_commands_are_read_outside_of_memory() -> None:
    with open("/dev/null") as null:
        assert outside.read(OWN, link(null.fileno())) == b"/dev/null"
        assert described(null.fileno()) == b"char 1:3"
    assert outside.read(OWN, link(AT_FDCWD)) == os.fsencode(os.getcwd())
    command = Path("/proc/self/comm").read_bytes().rstrip(b"\n")
    assert outside.read(OWN, COMMANDS + (OWN << APART)) == outside.read(OWN, COMMANDS) == command


def test_of_a_terminals_master_it_is_read_where_the_other_side_is() -> None:
    master, slave = os.openpty()
    try:
        name = os.ttyname(slave).encode()
        assert described(master) == b"char 5:2 @" + name
        assert described(slave) == b"char 136:" + name.rpartition(b"/")[2]
    finally:
        os.close(master)
        os.close(slave)


@pytest.mark.parametrize("address", [link(999), details(999), link(-1), COMMANDS + (0x7FFFFFFF << APART), LINKS - 1])
def test_nothing_is_there_where_nothing_is(address: int) -> None:
    assert outside.read(OWN, address) == b""


def names(fd: int) -> list[bytes]:
    """What is known of a socket, without its inode."""
    protocol, inode, *rest = described(fd).split(b"\0")
    assert os.readlink(f"/proc/self/fd/{fd}") == f"socket:[{inode.decode()}]"
    return [protocol, *rest]


def test_sockets_tell_where_they_lead() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        here, there = (b"127.0.0.1:%d" % name[1] for name in (client.getsockname(), server.getsockname()))
        assert names(server.fileno()) == [b"TCP", there, b""]
        assert names(client.fileno()) == [b"TCP", here, there]
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as unbound:
        assert names(unbound.fileno()) == [b"UDPv6", b"", b""]


def test_a_socket_on_its_way_tells_where_to() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        clients = [socket.socket() for _ in range(4)]
        for client in clients:
            client.setblocking(False)
            client.connect_ex(server.getsockname())
        try:
            there = b"127.0.0.1:%d" % server.getsockname()[1]
            assert {names(client.fileno())[2] for client in clients} == {there}
        finally:
            for client in clients:
                client.close()


def test_a_connection_that_has_ended_has_no_address() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # no listen: nobody is there
        with socket.socket() as refused:
            assert refused.connect_ex(closed.getsockname()) != 0
            assert names(refused.fileno()) == [b"TCP", b"", b""]
        assert names(closed.fileno())[1] == b"127.0.0.1:%d" % closed.getsockname()[1]


def test_unix_sockets_tell_their_peer_and_their_name(tmp_path: Path) -> None:
    left, right = socket.socketpair()
    with left, right:
        peer = os.readlink(f"/proc/self/fd/{right.fileno()}")[8:-1].encode()
        assert names(left.fileno()) == [b"UNIX-STREAM", peer, b""]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as named:
        named.bind(str(tmp_path / "s"))
        assert names(named.fileno())[:3] == [b"UNIX", b"0", os.fsencode(tmp_path / "s")]


# --- whole traces


@pytest.fixture
def trace(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "trace"


@pytest.mark.ptrace
@pytest.mark.parametrize("capture", ["native", "pure"])
def test_descriptors_in_memory_and_in_results_are_described(trace: Path, capture: str) -> None:
    script = "import os, select; r, w = os.pipe(); p = select.poll(); p.register(r); p.poll(0); os.close(r); os.open('/dev/null', 0)"
    options = ("-yy", "-e", "trace=pipe2,poll,close,openat", "-o", str(trace), sys.executable, "-c", script)
    assert ptracer(*options, env={**os.environ, "PTRACER_CAPTURE": capture}).returncode == 0
    lines = trace.read_text().splitlines()
    [pipe] = [line for line in lines if line.startswith("pipe2")]
    reading = pipe[pipe.index("[") + 1 : pipe.index(", ")]
    assert reading.endswith("]>") and "<pipe:[" in reading
    assert any(line.startswith(f"poll([{{fd={reading}, events=") for line in lines)
    assert any(line.startswith(f"close({reading})") for line in lines)
    assert any(line.startswith("openat(AT_FDCWD<") and line.endswith("</dev/null<char 1:3>>") for line in lines)


@pytest.mark.ptrace
@pytest.mark.parametrize("capture", ["native", "pure"])
def test_of_a_terminals_master_it_is_shown_where_the_other_side_is(trace: Path, capture: str) -> None:
    script = "import os; master, slave = os.openpty(); print(os.ttyname(slave)); os.close(master)"
    options = ("-yy", "-e", "trace=close", "-o", str(trace), sys.executable, "-c", script)
    run = ptracer(*options, env={**os.environ, "PTRACER_CAPTURE": capture})
    assert f"</dev/ptmx<char 5:2 @{run.stdout.strip()}>>)" in trace.read_text()


@pytest.mark.ptrace
@pytest.mark.parametrize("capture", ["native", "pure"])
def test_an_endpoint_is_that_of_the_moment_of_the_call(trace: Path, capture: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        script = f"import socket; s = socket.socket(); s.connect(('127.0.0.1', {port})); s.send(b'x'); s.close()"
        options = ("-yy", "-e", "trace=connect,sendto,close", "-o", str(trace), sys.executable, "-c", script)
        assert ptracer(*options, env={**os.environ, "PTRACER_CAPTURE": capture}).returncode == 0
    text = trace.read_text()
    assert "connect(3<TCP:[" in text
    assert "sendto(3<TCP:[127.0.0.1:" in text and f"->127.0.0.1:{port}]>" in text
    assert any(line.startswith("close(3<TCP:[127.0.0.1:") for line in text.splitlines())


@pytest.mark.ptrace
def test_lines_and_signals_name_the_commands(trace: Path) -> None:
    ptracer("-f", "-Y", "-o", str(trace), "sh", "-c", "sleep 5 & kill $!; wait")
    lines = trace.read_text().splitlines()
    assert all("<" in line.split()[0] for line in lines)
    shell = lines[-1].split()[0]
    assert shell.endswith("<sh>")
    assert any("--- SIGTERM" in line and f"si_pid={shell}" in line for line in lines)


# --- namespaces


def namespace(pid: int, place: int) -> int:
    return NAMESPACES + (pid << APART) + (place << APART_OF_NAMES)


def test_namespaces_that_a_call_enters_are_shown_behind_its_result() -> None:
    memory = {namespace(0, 3): b"net:[1]", namespace(0, 7): b"uts:[2]", namespace(9, 7): b"uts:[3]"}
    both = 0x40000000 | 0x04000000  # CLONE_NEWNET, CLONE_NEWUTS
    line = text_of("unshare", (both,), exit_memory=memory, namespaces=True)
    assert line == "unshare(CLONE_NEWUTS|CLONE_NEWNET) = 0 (net:[1], uts:[2])"
    assert text_of("unshare", (both,), exit_memory=memory) == "unshare(CLONE_NEWUTS|CLONE_NEWNET) = 0"
    assert text_of("clone", (0x04000000, 0), 9, exit_memory=memory, namespaces=True).endswith(" = 9 (uts:[3])")
    assert text_of("setns", (3, 0), exit_memory=memory, namespaces=True) == "setns(3, 0) = 0"


def test_namespaces_are_read_at_the_stop() -> None:
    assert outside.read(OWN, namespace(0, 3)) == os.fsencode(os.readlink("/proc/self/ns/net"))
    assert outside.read(1, namespace(OWN, 7)) == os.fsencode(os.readlink("/proc/self/ns/uts"))
    assert outside.read(OWN, namespace(0, 9)) == b""


# --- processes of other pid namespaces


def test_an_id_of_another_namespace_stands_with_ours() -> None:
    memory = {COMMANDS + (2 << APART): b"sh", TRANSLATIONS + (2 << APART): b"123"}
    pidns, both = frozenset({"pidns"}), frozenset({"pidns", "comm"})
    assert text_of("kill", (2, 0), memory=memory, processes=pidns) == "kill(2 /* 123 in strace's PID NS */, 0) = 0"
    assert text_of("kill", (2, 0), memory=memory, processes=both) == "kill(2<sh> /* 123 in strace's PID NS */, 0) = 0"
    assert text_of("kill", (3, 0), memory=memory, processes=pidns) == "kill(3, 0) = 0"


def test_ids_of_our_own_namespace_need_no_translation() -> None:
    assert not outside.foreign(OWN)
    assert outside.translated(OWN, OWN) == OWN
    assert outside.read(OWN, TRANSLATIONS + (OWN << APART)) == b""


@pytest.mark.ptrace
@pytest.mark.parametrize("capture", ["native", "pure"])
def test_ids_are_translated_where_a_process_lives_in_another_namespace(trace: Path, capture: str) -> None:
    if os.geteuid() or not shutil.which("unshare"):
        pytest.skip("unshare(1) (Debian: util-linux) and the right to make a pid namespace are needed")
    options = ("-f", "--decode-pids=pidns,comm", "-e", "trace=getpid,kill", "-o", str(trace))
    script = "import os; os.kill(os.getpid(), 0)"
    environment = {**os.environ, "PTRACER_CAPTURE": capture}
    run = ptracer(*options, "unshare", "--pid", "--fork", sys.executable, "-c", script, env=environment)
    assert run.returncode == 0
    [line] = [line for line in trace.read_text().splitlines() if " kill(1<" in line]
    ours = line.split("<")[0]
    assert " kill(1<python" in line and f"> /* {ours} in strace's PID NS */, 0) = 0" in line


# --- virtual processors


def test_why_a_virtual_processor_came_back_is_read_where_the_program_has_it_mapped() -> None:
    memory = {DETAILS + (5 << APART): b"4096", 4096 + 8: (6).to_bytes(4, "little")}
    kvm_run = 0xAE80
    line = text_of("ioctl", (5, kvm_run, 0), exit_memory=memory, virtual_processors=True)
    assert line == "ioctl(5, KVM_RUN, 0) = 0 (KVM_EXIT_MMIO)"
    assert text_of("ioctl", (5, kvm_run, 0), exit_memory=memory) == "ioctl(5, KVM_RUN, 0) = 0"
    assert text_of("ioctl", (5, kvm_run, 0), virtual_processors=True) == "ioctl(5, KVM_RUN, 0) = 0"


def test_where_something_is_mapped_is_found_by_its_name() -> None:
    maps = Path("/proc/self/maps").read_text().splitlines()
    line = next(line for line in maps if line.endswith(" [stack]"))
    assert outside.mapping(OWN, b"[stack]") == str(int(line.partition("-")[0], 16)).encode()
    assert outside.mapping(OWN, b"anon_inode:kvm-vcpu:0") == b""
