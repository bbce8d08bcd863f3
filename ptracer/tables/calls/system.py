"""System calls of the kernel itself: init_module(2), kexec_load(2), reboot(2), syslog(2), perf_event_open(2).

The last are calls that never were, or are no more; of their arguments nothing is known but how many there are.
"""

from __future__ import annotations

from ptracer.decode.expressions import this
from ptracer.decode.types import (
    Array,
    Bytes,
    CString,
    Fd,
    HexLong,
    Int,
    Out,
    Pid,
    Pointer,
    Provided,
    ULong,
)
from ptracer.tables.structs.perf import EventAttributes
from ptracer.tables.structs.system import kexec_segment, sysctl_args
from ptracer.tables.words.system import (
    DeleteModuleFlags,
    EventFlags,
    InitModuleFlags,
    KexecFileFlags,
    KexecFlags,
    LogLevel,
    RebootCommand,
    RebootMagic1,
    RebootMagic2,
    SyslogAction,
)

KEXEC_SEGMENT_MAX = 16

# --- modules, another kernel


def init_module(module_image: Pointer, len: ULong, param_values: CString): ...
def finit_module(fd: Fd, param_values: CString, flags: InitModuleFlags): ...
def delete_module(name: CString, flags: DeleteModuleFlags): ...
def kexec_load(
    entry: Pointer,
    nr_segments: ULong,
    segments: Provided[Array[kexec_segment, this.nr_segments], this.nr_segments <= KEXEC_SEGMENT_MAX],
    flags: KexecFlags,
): ...
def kexec_file_load(
    kernel_fd: Fd, initrd_fd: Fd, cmdline_len: ULong, cmdline: Bytes[this.cmdline_len], flags: KexecFileFlags
): ...
def reboot(magic: RebootMagic1, magic2: RebootMagic2, op: RebootCommand, _arg: Pointer): ...
def reboot__LINUX_REBOOT_CMD_RESTART2(magic: RebootMagic1, magic2: RebootMagic2, op: RebootCommand, arg: CString): ...


# --- the log, the console, ports, counters


def syslog(type: SyslogAction, bufp: Pointer, len: Int): ...
def syslog__SYSLOG_ACTION_OPEN(type: SyslogAction): ...
def syslog__SYSLOG_ACTION_READ(type: SyslogAction, bufp: Out[Bytes[this.ret]], len: Int): ...
def syslog__SYSLOG_ACTION_CONSOLE_LEVEL(type: SyslogAction, bufp: Pointer, len: LogLevel): ...


syslog__SYSLOG_ACTION_CLOSE = syslog__SYSLOG_ACTION_CLEAR = syslog__SYSLOG_ACTION_OPEN
syslog__SYSLOG_ACTION_CONSOLE_OFF = syslog__SYSLOG_ACTION_CONSOLE_ON = syslog__SYSLOG_ACTION_OPEN
syslog__SYSLOG_ACTION_SIZE_UNREAD = syslog__SYSLOG_ACTION_SIZE_BUFFER = syslog__SYSLOG_ACTION_OPEN
syslog__SYSLOG_ACTION_READ_ALL = syslog__SYSLOG_ACTION_READ_CLEAR = syslog__SYSLOG_ACTION_READ


def vhangup(): ...
def iopl(level: Int): ...
def ioperm(from_: HexLong, num: HexLong, turn_on: Int): ...
def perf_event_open(attr: EventAttributes(), pid: Pid, cpu: Int, group_fd: Fd, flags: EventFlags) -> Fd: ...
def _sysctl(args: sysctl_args): ...
def uretprobe(): ...


# --- calls without a meaning


def create_module(arg1: HexLong, arg2: HexLong): ...
def get_kernel_syms(arg1: HexLong): ...
def query_module(arg1: HexLong, arg2: HexLong, arg3: HexLong, arg4: HexLong, arg5: HexLong): ...
def nfsservctl(arg1: HexLong, arg2: HexLong, arg3: HexLong): ...
def getpmsg(arg1: HexLong, arg2: HexLong, arg3: HexLong, arg4: HexLong, arg5: HexLong): ...
def tuxcall(arg1: HexLong, arg2: HexLong, arg3: HexLong): ...


putpmsg = afs_syscall = vserver = getpmsg
security = tuxcall
