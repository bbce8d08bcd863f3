"""Processes that wait: blocked.py KIND. They end by an alarm if nobody ends them before. A line tells that they are about to wait."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import termios
import threading
import time

signal.alarm(60)
kind = sys.argv[1]


def child() -> bool:
    """Whether this is a child, which was just made."""
    if os.fork():
        return False
    signal.alarm(60)
    return True


def ready(*words: object) -> None:
    print("ready", *words, flush=True)


def rest() -> None:
    time.sleep(60)


def temporary() -> int:
    return tempfile.mkstemp()[0]


if kind == "own_pipe":
    reading, writing = os.pipe()
    ready()
    os.read(reading, 1)
elif kind == "pipe":
    reading, writing = os.pipe()
    if child():
        rest()
    os.close(writing)
    ready()
    os.read(reading, 1)
elif kind == "full_pipe":
    reading, writing = os.pipe()
    if child():
        rest()
    os.close(reading)
    ready()
    while True:  # who is attached to in the middle of a write has written a part
        os.write(writing, bytes(1 << 20))
elif kind == "pipes":  # each waits for the other one to say something
    here, there = os.pipe(), os.pipe()
    if child():
        os.close(here[0]), os.close(there[1])
        os.read(there[0], 1)
    os.close(here[1]), os.close(there[0])
    ready()
    os.read(here[0], 1)
elif kind == "fifo":
    place = tempfile.mkdtemp() + "/fifo"
    os.mkfifo(place)
    ready()
    os.open(place, os.O_RDONLY)
elif kind in ("flock", "fcntl"):
    file = temporary()
    name = os.readlink(f"/proc/self/fd/{file}")
    lock = fcntl.flock if kind == "flock" else fcntl.lockf
    told, tell = os.pipe()
    if child():
        mine = os.open(name, os.O_RDWR)
        lock(mine, fcntl.LOCK_EX)
        os.write(tell, b".")
        rest()
    os.read(told, 1)
    ready()
    lock(file, fcntl.LOCK_EX)
elif kind == "flocks":  # two files, locked in two orders
    names = [os.readlink(f"/proc/self/fd/{temporary()}") for _ in range(2)]
    told, tell = socket.socketpair()
    if child():
        names.reverse()
        told, tell = tell, told
    files = [os.open(name, os.O_RDWR) for name in names]
    fcntl.flock(files[0], fcntl.LOCK_EX)
    told.send(b".")
    told.recv(1)
    if told.fileno() < tell.fileno():
        ready()
    fcntl.flock(files[1], fcntl.LOCK_EX)
elif kind == "own_flock":
    file = temporary()
    again = os.open(os.readlink(f"/proc/self/fd/{file}"), os.O_RDWR)
    fcntl.flock(file, fcntl.LOCK_EX)
    ready()
    fcntl.flock(again, fcntl.LOCK_EX)
elif kind == "child":
    if child():
        rest()
    ready()
    os.wait()
elif kind == "parent_and_child":  # the classic one: the output of the child is only read when it has ended
    process = subprocess.Popen([sys.executable, "-c", "print('x' * 1000000)"], stdout=subprocess.PIPE)
    ready()
    process.wait()
elif kind == "unix":
    one, other = socket.socketpair()
    if child():
        one.close()
        rest()
    other.close()
    ready()
    one.recv(1)
elif kind in ("tcp", "accept", "udp"):
    if kind == "udp":
        listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        listener.bind(("127.0.0.1", 0))
        ready(listener.getsockname()[1])
        listener.recv(1)
    listener = socket.create_server(("127.0.0.1", 0))
    if kind == "accept":
        ready(listener.getsockname()[1])
        listener.accept()
    if child():
        connection = listener.accept()
        rest()
    connection = socket.create_connection(listener.getsockname())
    listener.close()
    ready()
    connection.recv(1)
elif kind == "sleep":
    ready()
    rest()
elif kind == "poll":
    reading, writing = os.pipe()
    one, other = socket.socketpair()
    poll = select.poll()
    poll.register(reading, select.POLLIN)
    poll.register(one, select.POLLIN)
    ready()
    poll.poll(50000)
elif kind == "select":
    reading, writing = os.pipe()
    ready()
    select.select([reading], [], [])
elif kind == "epoll":
    reading, writing = os.pipe()
    epoll = select.epoll()
    epoll.register(reading, select.EPOLLIN)
    ready()
    epoll.poll()
elif kind == "sigwait":
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGUSR2])
    ready()
    signal.sigwait([signal.SIGUSR1, signal.SIGUSR2])
elif kind == "pause":
    signal.signal(signal.SIGUSR1, lambda *_: None)
    ready()
    signal.pause()
elif kind in ("terminal", "background"):
    master, slave = os.openpty()
    if os.getsid(0) != os.getpid():
        os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    if kind == "background":
        if not child():
            rest()
        os.setpgid(0, 0)
        ready(os.getpid())
    else:
        ready()
    os.read(slave, 1)
elif kind == "stopped":
    ready()
    os.kill(os.getpid(), signal.SIGSTOP)
elif kind == "locks":  # of Python, of which nobody can tell who has them
    lock = threading.Lock()
    lock.acquire()
    ready()
    lock.acquire()
