/* Syscall-stops, answered; every other stop is an event for Python. */

static int resume(Capture *c, struct thread *t, int signal)
{
    if (t->enters && ptrace(PTRACE_POKEUSER, t->tid, (void *)offsetof(struct user_regs_struct, gs_base), (void *)t->base) == 0)
        t->enters = 0;
    long request = c->filtered && !t->in_call && !t->thorough ? PTRACE_CONT : PTRACE_SYSCALL;
    return ptrace(request, t->tid, NULL, (void *)(long)signal);
}

enum { HANDLED, ELSEWHERE, POLICY, NO_PLAN, ENTRY_LIVE, EXIT_LIVE, FAILED };

/* Whether a phase of the call needs Python although it has a plan. */
static int asks_now(const struct thread *t, const struct steps *steps, int64_t result)
{
    struct copying copying = {.tid = t->tid, .args = t->args, .result = result};
    return must_ask(&copying, steps);
}

static int handle_entry(Capture *c, struct thread *t, const struct syscall_info *info)
{
    t->arch = info->arch;
    t->number = info->entry.nr;
    if (t->hidden_until) {
        if (t->hidden_until != t->number) {
            t->recorded = 0;
            t->in_call = !c->filtered;
            return HANDLED;
        }
        t->hidden_until = 0;
        t->on_trial = 1;
    }
    for (int i = 0; i < 6; i++) /* what the kernel takes of a 32-bit call; the upper halves are anybody's */
        t->args[i] = t->arch & ARCH_64BIT ? info->entry.args[i] : (uint32_t)info->entry.args[i];
    t->args[6] = info->stack_pointer;
    t->plan = plan_find(c, t->arch, t->number, t->args);
    if (t->region && t->plan)
        plan_publish(c, t->region, t->plan);
    if (!t->plan) {
        c->replay = t;
        c->replay_info = *info;
        return NO_PLAN;
    }
    t->recorded = !t->plan->unwanted;
    /* Behind a filter an unwanted call needs no stop at its exit; without one the kernel makes that stop anyway. */
    t->in_call = t->recorded || t->on_trial || !c->filtered || t->thorough || changes_inside(c, t->number);
    t->cpu_at_entry = c->cpu;
    if (t->recorded && (t->plan->live_entry || (t->plan->asks && asks_now(t, &t->plan->entry, 0)))) {
        c->replay_info = *info;
        c->live_time = now();
        return ENTRY_LIVE;
    }
    return !t->recorded || record_entry(c, t, info) ? HANDLED : FAILED;
}

static int error_asks(const struct plan *plan, int64_t result)
{
    uint64_t error = -(uint64_t)result;
    return error < 128 && plan->live_errors[error / 64] >> error % 64 & 1;
}

static int handle_exit(Capture *c, struct thread *t, const struct syscall_info *info)
{
    int64_t end = now();
    int64_t cpu = c->cpu - t->cpu_at_entry;
    int known = t->in_call && t->recorded;
    t->in_call = 0;
    if (t->on_trial && info->exit.is_error)
        t->hidden_until = NO_NUMBER;
    t->on_trial = 0;
    if (!known)
        return HANDLED; /* attached in the middle of a call, or nobody asked for it */
    int copies = !info->exit.is_error || t->plan->exit_on_error;
    if ((copies && (t->plan->live_exit || (t->plan->asks && asks_now(t, &t->plan->exit, info->exit.rval)))) ||
        (info->exit.is_error && error_asks(t->plan, info->exit.rval))) {
        c->replay_info = *info;
        c->live_time = end;
        return EXIT_LIVE;
    }
    return record_exit(c, t, info, end, cpu) ? HANDLED : FAILED;
}

static int is_call_stop(int status)
{
    return WIFSTOPPED(status) && (WSTOPSIG(status) == (SIGTRAP | 0x80) || status >> 16 == PTRACE_EVENT_SECCOMP);
}

static int handle_stop(Capture *c, struct thread *t, int status)
{
    if (!WIFSTOPPED(status) || c->detaching)
        return POLICY;
    if (!is_call_stop(status))
        return inside_at_stop(c, t, status) ? HANDLED : POLICY;
    struct syscall_info info;
    if (ptrace(PTRACE_GET_SYSCALL_INFO, t->tid, (void *)sizeof info, &info) < 0)
        return errno == ESRCH ? ELSEWHERE : FAILED; /* killed meanwhile: its death is reported next */
    if (info.op == INFO_SECCOMP && t->in_call)
        return HANDLED; /* the tracee's own filter: the entry has been seen */
    if (info.op == INFO_SECCOMP && !inside_at_call(c, t, &info))
        return HANDLED;
    if (info.op == INFO_ENTRY || info.op == INFO_SECCOMP)
        return handle_entry(c, t, &info);
    if (info.op == INFO_EXIT)
        inside_after_call(c, t);
    if (info.op == INFO_EXIT)
        return handle_exit(c, t, &info);
    return ELSEWHERE; /* superseded by exec: the thread is in another stop already, which is reported next */
}

/* Who has stopped or died, without taking notice of it. */
static pid_t look(Capture *c, struct stop *stop, int options)
{
    struct rusage usage;
    siginfo_t info = {0};
    options |= WEXITED | WNOWAIT | __WALL;
    if (syscall(SYS_waitid, P_ALL, 0, &info, options, c->cpu_time ? &usage : NULL) < 0)
        return stop->tid = -1;
    stop->tid = info.si_pid;
    stop->status = info.si_status << 8 | 0x7f;
    if (info.si_code != CLD_TRAPPED && info.si_code != CLD_STOPPED)
        stop->status = 0; /* a death: whoever takes notice learns how */
    stop->cpu = c->cpu_time && stop->tid > 0 ? cpu_of(&usage) : 0;
    return stop->tid;
}

/* Take notice of the stop or death of a thread; 0: it is in that stop no more. */
static pid_t take_notice(Capture *c, struct stop *stop)
{
    struct rusage usage;
    pid_t tid = wait4(stop->tid, &stop->status, __WALL | WNOHANG, c->cpu_time ? &usage : NULL);
    if (c->cpu_time && tid > 0)
        stop->cpu = cpu_of(&usage);
    return tid;
}

/* Once somebody has taken notice of a signal-delivery-stop, the kernel has forgotten the signal: if we were killed before
 * the thread goes on, the signal would be lost. So nobody does: the thread is told to go on before anybody looks again. */
static int is_delivery(int status)
{
    return WIFSTOPPED(status) && !(status >> 16) && WSTOPSIG(status) != (SIGTRAP | 0x80);
}

static int interrupted(Capture *c)
{
    if (c->ring.dropped && !c->told) {
        c->told = 1; /* nobody takes records: the tracer decides what is to become of the tracees */
        errno = EINTR;
        return 1;
    }
    if (!__atomic_load_n(&c->interrupt_noted, __ATOMIC_RELAXED))
        return 0;
    __atomic_store_n(&c->interrupt_noted, 0, __ATOMIC_RELAXED);
    errno = EINTR;
    return 1;
}

/* The next stop or death; 0: errno says why there is none.
 *
 * A thread that stops over and over can be first in the kernel's list each time. So all that are stopped are
 * collected before one of them goes on: each of these gets its turn. */
static int next_stop(Capture *c, struct stop *stop)
{
    if (c->next_collected < c->collected_count) {
        *stop = c->collected[c->next_collected++];
        return 1;
    }
    c->next_collected = c->collected_count = 0;
    do {
        if (look(c, stop, 0) < 0)
            return 0;
        stop->unnoticed = c->thread_count <= 1 && is_call_stop(stop->status);
        if (stop->unnoticed || is_delivery(stop->status))
            return 1; /* which is answered before we look again, or see below */
    } while (take_notice(c, stop) <= 0);
    while (c->thread_count > 1 && collected_reserve(c)) {
        struct stop *next = &c->collected[c->collected_count];
        if (look(c, next, WNOHANG) <= 0 || is_delivery(next->status))
            break;
        c->collected_count += take_notice(c, next) > 0;
    }
    return 1;
}

/* Python may leave a thread in the stop of a call, and wait again: then that stop must not be reported once more. */
static void notice_at_last(Capture *c, const struct stop *stop)
{
    struct stop now = *stop;
    if (stop->unnoticed && take_notice(c, &now) > 0 && now.status != stop->status)
        collected_add(c, now); /* it has been killed meanwhile */
}

/* The thread is none of ours any more: what was collected of it is not reported. */
static void collected_forget(Capture *c, pid_t tid)
{
    size_t kept = c->next_collected;
    for (size_t i = c->next_collected; i < c->collected_count; i++)
        if (c->collected[i].tid != tid)
            c->collected[kept++] = c->collected[i];
    c->collected_count = kept;
}

/* The tuple, if it was made whole. An item that could not be made was set as NULL. */
static PyObject *whole(PyObject *tuple)
{
    if (!PyErr_Occurred())
        return tuple;
    Py_XDECREF(tuple);
    return NULL;
}

static PyObject *tuple_of_args(const uint64_t *args)
{
    PyObject *tuple = PyTuple_New(VALUES);
    for (int i = 0; tuple && i < VALUES; i++)
        PyTuple_SetItem(tuple, i, PyLong_FromUnsignedLongLong(args[i]));
    return whole(tuple);
}

static PyObject *event_of(Capture *c, struct thread *t, int outcome, pid_t tid, int status)
{
    const struct syscall_info *info = &c->replay_info;
    switch (outcome) {
    case NO_PLAN:
        return Py_BuildValue("(iiIKN)", NEED_PLAN, tid, t->arch, t->number, tuple_of_args(t->args));
    case ENTRY_LIVE:
        return Py_BuildValue("(iiLIKNK)", LIVE_ENTRY, tid, (long long)c->live_time, t->arch, t->number, tuple_of_args(t->args),
                             info->instruction_pointer);
    case EXIT_LIVE:
        return Py_BuildValue("(iiLIKNLNL)", LIVE_EXIT, tid, (long long)c->live_time, t->arch, t->number, tuple_of_args(t->args),
                             (long long)info->exit.rval, PyBool_FromLong(info->exit.is_error),
                             (long long)(c->cpu - t->cpu_at_entry));
    default:
        return Py_BuildValue("(iii)", STOP, tid, status);
    }
}

static PyObject *wait_failed(void)
{
    if (PyErr_Occurred())
        return NULL; /* a signal handler raised it while the ring was full */
    if (errno == EINTR)
        return PyErr_CheckSignals() < 0 ? NULL : Py_BuildValue("(i)", INTERRUPTED);
    if (errno == ECHILD)
        Py_RETURN_NONE;
    return PyErr_SetFromErrno(PyExc_OSError);
}

static PyObject *Capture_wait(Capture *c, PyObject *unused)
{
    (void)unused;
    struct thread *t = c->replay;
    struct stop stop = {0};
    int outcome = ELSEWHERE;
    /* Python hands its lock over by a timed wait; the kernel's customary slack of 50 microseconds would treble it. */
    if (!c->punctual)
        c->punctual = !prctl(PR_SET_TIMERSLACK, 1000);
    PyThreadState *state = PyEval_SaveThread();
    if (t) {
        stop.tid = t->tid;
        c->replay = NULL;
        outcome = handle_entry(c, t, &c->replay_info);
    }
    while (outcome == HANDLED || outcome == ELSEWHERE) {
        if (outcome == HANDLED)
            resume(c, t, 0);
        if (interrupted(c) || !next_stop(c, &stop)) {
            outcome = FAILED;
            break;
        }
        vigil_note(&c->vigil);
        c->cpu = stop.cpu;
        t = thread_find(c, stop.tid);
        outcome = t ? handle_stop(c, t, stop.status) : POLICY;
    }
    int error = errno;
    if (outcome != FAILED)
        notice_at_last(c, &stop);
    PyEval_RestoreThread(state);
    errno = error;
    return outcome == FAILED ? wait_failed() : event_of(c, t, outcome, stop.tid, stop.status);
}
