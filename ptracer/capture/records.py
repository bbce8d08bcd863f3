"""Records: what the kernel said at one moment, and the bytes decoding will need.

A record is a plain tuple whose first item is its kind; tuples, because the C loop makes a million of
them in a second. Times are nanoseconds of CLOCK_MONOTONIC. ``chunks`` maps an address to the bytes that
lay there (fewer than asked for where memory ended), or is None. ``args`` are six unsigned registers and the stack pointer,
``result`` is the signed result register, ``failed`` the kernel's word on whether it is ``-errno``.
``cpu`` is the system CPU time the call took, in nanoseconds, where it was asked for.

======= ==========================================================================================
CALL    (CALL, tid, start, arch, number, args, pointer, chunks, end, result, failed, cpu, exit_chunks)
ENTRY   (ENTRY, tid, start, arch, number, args, pointer, chunks)
EXIT    (EXIT, tid, end, result, failed, cpu, exit_chunks)
SIGNAL  (SIGNAL, tid, when, signal, siginfo[, sender[, pointer]])   siginfo: the bytes of siginfo_t, or None; sender: None, or
        of si_pid its command and its id in our pid namespace (each perhaps empty)
STOPPED (STOPPED, tid, when, signal)                 group-stop
LEAVING (LEAVING, tid, when, status)                 PTRACE_EVENT_EXIT: last look before death
EXITED  (EXITED, tid, when, status)
KILLED  (KILLED, tid, when, signal, core)
EXECED  (EXECED, tid, when, former)                  exec by thread ``former``, which is now ``tid``
STARTED (STARTED, tid, when, parent, how, process)   a new thread, and its process; ``how`` is a START_* constant
DETACHED (DETACHED, tid, when)
STACK   (STACK, tid, when, data)                     of the notice that follows: what the plan step STACK copies
SPACE   (SPACE, tid, when, process, maps, vdso)      in whose address space the thread is; maps: empty where it is known
HOLDS   (HOLDS, tid, when, facts)                    what the process holds when tracing begins: ``capture.processes.held``
INSIDE  (INSIDE, tid, when, arch, number)            attached while the thread was in this call
TAMPERED (TAMPERED, tid, when, what)                 its open call is not what it would be; ``what`` is a set of TAMPERED_*
WARNING (WARNING, tid, when, text)                   something for the user, on standard error
SUM     (SUM, key, failed, calls, cpu, wall)         only from ``take_sums``: of calls of one kind; ``key`` is (arch, number), or
        that and the part of the first argument by which they are told apart; ``cpu`` and ``wall`` are (total, least, most)
======= ==========================================================================================

``pointer`` is the instruction pointer. A CALL is an ENTRY followed at once by its own EXIT.
"""

from __future__ import annotations

from ptracer.hints import Any

CALL, ENTRY, EXIT, SIGNAL, STOPPED, LEAVING, EXITED, KILLED, EXECED, STARTED, DETACHED, INSIDE, TAMPERED, WARNING = range(14)
STACK, SPACE, HOLDS = 20, 21, 22
SUM = 30

START_COMMAND, START_ATTACH, START_FORK = range(3)
TAMPERED_MEMORY, TAMPERED_RESULT, TAMPERED_TIME = 1, 2, 4

Record = tuple[Any, ...]  # as described above
Chunks = dict[int, bytes]
Packed = tuple[bytes, int, int, int, list[Record]]  # of ``take_packed``

# Events: what ``Capture.wait`` hands to the tracer because it needs policy.
#
# STOP         (STOP, tid, status)                    any stop or death the loop does not handle itself
# NEED_PLAN    (NEED_PLAN, tid, arch, number, args)   first sight of a call; answer with set_plan
# LIVE_ENTRY   (LIVE_ENTRY, tid, start, arch, number, args, pointer)
# LIVE_EXIT    (LIVE_EXIT, tid, end, arch, number, args, result, failed, cpu)
# INTERRUPTED  (INTERRUPTED,)                         a signal for ptracer itself
STOP, NEED_PLAN, LIVE_ENTRY, LIVE_EXIT, INTERRUPTED = range(5)
