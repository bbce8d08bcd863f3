"""Rules of calls that wait for events. Sources: the ERRORS of the manual pages that the comments name."""

from __future__ import annotations

from ptracer.tables.rules import FLAGS, KIND, RANGE, SIZE, STATE, VALUE, choice, named, only, rule, seconds

EPOLL_CTL_ADD, EPOLL_CTL_MOD = 1, 3
EPOLLEXCLUSIVE = 1 << 28
BESIDE_EXCLUSIVE = EPOLLEXCLUSIVE | 0x1 | 0x4 | 0x8 | 0x10 | 1 << 29 | 1 << 31  # EPOLLIN, OUT, ERR, HUP, WAKEUP, ET
O_CLOEXEC, O_NONBLOCK = 0o2000000, 0o4000
IN_MASK_ADD, IN_MASK_CREATE = 0x20000000, 0x10000000
IN_EVENTS = 0xFFF
SET = 8
MOST_RING = 32768
NOT_EPOLL = rule(KIND, lambda a: a.kind(a.epfd) not in ("epoll", "eventpoll"), "epfd is no epoll descriptor")
MOST_EVENTS = ((1 << 31) - 1) // 12

RULES = {
    "poll ppoll": (  # poll(2)
        rule(RANGE, lambda a: a.nfds > 1024, "nfds is {nfds:d}, which is more than the limit of open files (RLIMIT_NOFILE)"),
    ),
    "ppoll": (rule(SIZE, lambda a: a.sigmask and a.sigsetsize != SET, "sigsetsize is {sigsetsize:d}, and a set of signals has 8 bytes for the kernel"), seconds("tmo_p")),
    "select pselect6": (rule(RANGE, lambda a: a.nfds < 0, "nfds is negative: {nfds:d}"),),  # select(2)
    "select": (rule(RANGE, lambda a: a.timeout and (a.timeout.tv_sec < 0 or a.timeout.tv_usec < 0), "the timeout is negative", "NULL waits for ever."),),
    "pselect6": (seconds("timeout"),),
    "epoll_create": (rule(SIZE, lambda a: a.size <= 0, "size is {size:d}, and must be greater than 0, although it means nothing any more", "Use epoll_create1."),),
    "epoll_create1": (only("flags", O_CLOEXEC),),  # epoll_create(2)
    "epoll_ctl": (  # epoll_ctl(2)
        NOT_EPOLL,
        choice("op"),
        rule(KIND, lambda a: a.fd == a.epfd, "an epoll descriptor cannot watch itself"),
        rule(FLAGS, lambda a: a.op == EPOLL_CTL_MOD and a.event.events & EPOLLEXCLUSIVE, "EPOLLEXCLUSIVE can be set with EPOLL_CTL_ADD only"),
        rule(FLAGS, lambda a: a.op == EPOLL_CTL_ADD and a.event.events & EPOLLEXCLUSIVE and a.event.events & ~BESIDE_EXCLUSIVE, "beside EPOLLEXCLUSIVE there can only be EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP, EPOLLWAKEUP and EPOLLET"),
        rule(STATE, lambda a: a.op == EPOLL_CTL_MOD, "it was added with EPOLLEXCLUSIVE, and cannot be changed", "Remove it, and add it again."),
    ),
    "epoll_wait epoll_pwait epoll_pwait2": (  # epoll_wait(2)
        rule(RANGE, lambda a: a.maxevents <= 0, "maxevents is {maxevents:d}, and must be greater than 0"),
        rule(RANGE, lambda a: a.maxevents > MOST_EVENTS, "maxevents is {maxevents:d}, which is too many"),
        NOT_EPOLL,
    ),
    "epoll_pwait epoll_pwait2": (rule(SIZE, lambda a: a.sigmask and a.sigsetsize != SET, "sigsetsize is {sigsetsize:d}, and a set of signals has 8 bytes for the kernel"),),
    "eventfd2": (only("flags", O_CLOEXEC, O_NONBLOCK, 1),),  # eventfd(2)
    "inotify_init1": (only("flags", O_CLOEXEC, O_NONBLOCK),),  # inotify_init(2)
    "inotify_add_watch": (  # inotify_add_watch(2)
        rule(VALUE, lambda a: not a.mask & 0xFFFFFFFF, "mask is 0: there is nothing to watch for"),
        rule(VALUE, lambda a: not a.mask & IN_EVENTS and not a.mask & 0xFF000000, "mask has no event that can be watched for"),
        rule(FLAGS, lambda a: a.mask & IN_MASK_ADD and a.mask & IN_MASK_CREATE, "mask has both IN_MASK_ADD and IN_MASK_CREATE"),
        rule(KIND, lambda a: a.kind(a.fd) != "inotify", "fd is no inotify descriptor"),
    ),
    "inotify_rm_watch": (  # inotify_rm_watch(2)
        rule(KIND, lambda a: a.kind(a.fd) != "inotify", "fd is no inotify descriptor"),
        rule(STATE, lambda a: True, "there is no watch {wd:d}: it was removed, or what it watched is gone"),
    ),
    "fanotify_init": (named("flags"), named("event_f_flags")),  # fanotify_init(2)
    "fanotify_mark": (  # fanotify_mark(2)
        named("flags"),
        rule(KIND, lambda a: a.kind(a.fanotify_fd) != "fanotify", "fanotify_fd is no fanotify descriptor"),
        rule(VALUE, lambda a: a.mask == 0 and not a.flags & 0x80, "mask is 0: there is nothing to watch for"),
        rule(FLAGS, lambda a: (a.flags & 0x83).bit_count() != 1, "flags must have exactly one of FAN_MARK_ADD, FAN_MARK_REMOVE and FAN_MARK_FLUSH"),
    ),
    "io_setup": (rule(RANGE, lambda a: a.nr_events == 0, "nr_events is 0"),),  # io_setup(2)
    "io_destroy io_submit io_getevents io_cancel": (  # io_destroy(2)
        rule(STATE, lambda a: a.ctx_id < 4096, "ctx_id is {ctx_id:#x}, which is no context that io_setup has made"),
    ),
    "io_submit": (rule(RANGE, lambda a: a.nr < 0, "nr is negative: {nr:d}"),),
    "io_getevents": (rule(RANGE, lambda a: a.min_nr < 0 or a.min_nr > a.nr, "min_nr is {min_nr:d} and nr {nr:d}: it must be from 0 to nr"),),
    "io_uring_setup": (  # io_uring_setup(2)
        rule(RANGE, lambda a: a.entries == 0 or a.entries > MOST_RING, "entries is {entries:d}, and must be from 1 to 32768"),
        named("params.flags", ordinary=True),
        rule(FLAGS, lambda a: a.params.flags & 4 and not a.params.flags & 2, "flags has IORING_SETUP_SQ_AFF without IORING_SETUP_SQPOLL", ordinary=True),
        rule(FLAGS, lambda a: a.params.flags & 0x2000 and not a.params.flags & 0x1000, "flags has IORING_SETUP_DEFER_TASKRUN without IORING_SETUP_SINGLE_ISSUER", ordinary=True),
    ),
    "io_uring_enter": (named("flags"),),  # io_uring_enter(2)
    "io_uring_register": (choice("opcode", ordinary=True),),  # io_uring_register(2)
    "getrandom": (  # getrandom(2)
        only("flags", 7),
        rule(FLAGS, lambda a: a.flags & 6 == 6, "flags has both GRND_RANDOM and GRND_INSECURE"),
    ),
}
