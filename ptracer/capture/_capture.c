/* The C loop: waits for tracees, answers syscall-stops by itself, and appends records to a ring.
 *
 * It knows no system call by name and no policy: which memory to copy comes as plans from the tables,
 * and every stop that is not a syscall-stop is handed to Python. The protocol is protocol.py's. */

#define _GNU_SOURCE
#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000
#include <Python.h>

#include <signal.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/user.h>
#include <sys/wait.h>

#include "_ring.h"
#include "_memory.h"

#define ARCH_64BIT 0x80000000u /* linux/audit.h: __AUDIT_ARCH_64BIT */

/* linux/ptrace.h, struct ptrace_syscall_info; named here because the C library's header varies. */
enum { INFO_NONE, INFO_ENTRY, INFO_EXIT, INFO_SECCOMP };
struct syscall_info {
    uint8_t op, reserved;
    uint16_t flags;
    uint32_t arch;
    uint64_t instruction_pointer, stack_pointer;
    union {
        struct {
            uint64_t nr, args[6];
        } entry;
        struct {
            int64_t rval;
            uint8_t is_error;
        } exit;
    };
};

enum { STOP, NEED_PLAN, LIVE_ENTRY, LIVE_EXIT, INTERRUPTED }; /* events, as in records.py */

struct plan {
    struct plan *next; /* the same call with another variant */
    uint32_t arch;
    uint64_t number, mask, key;
    int selector; /* the argument that chooses the variant, or -1 */
    uint8_t unwanted, live_entry, live_exit;
    struct steps entry, exit;
};

struct thread {
    struct thread *next;
    pid_t tid;
    uint8_t in_call, recorded, stopped_at_entry;
    uint32_t arch;
    uint64_t number, args[6];
    const struct plan *plan;
    int64_t cpu_at_entry;
    uint64_t hidden_until; /* no record before the call with this number; 0: none is hidden */
};

#define BUCKETS 4096 /* of threads and of plans, each a chain */

typedef struct {
    PyObject_HEAD
    struct ring ring;
    struct thread *threads[BUCKETS];
    struct plan *plans[BUCKETS];
    int thread_count;
    int filtered, cpu_time, detaching;
    struct buffer scratch;
    struct rusage usage;
    struct thread *last; /* whose stop came last, and how often in a row */
    unsigned streak;
    struct thread *replay; /* its entry waits for a plan */
    struct syscall_info replay_info;
} Capture;

/* --- threads and plans ------------------------------------------------------------------------------------------ */

static struct thread *thread_find(Capture *c, pid_t tid)
{
    struct thread *t = c->threads[(unsigned)tid % BUCKETS];
    while (t && t->tid != tid)
        t = t->next;
    return t;
}

static struct thread *thread_add(Capture *c, pid_t tid)
{
    struct thread *t = thread_find(c, tid);
    if (t)
        return t;
    t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    t->tid = tid;
    t->next = c->threads[(unsigned)tid % BUCKETS];
    c->threads[(unsigned)tid % BUCKETS] = t;
    c->thread_count++;
    return t;
}

static struct thread *thread_unlink(Capture *c, pid_t tid)
{
    struct thread **place = &c->threads[(unsigned)tid % BUCKETS];
    while (*place && (*place)->tid != tid)
        place = &(*place)->next;
    struct thread *t = *place;
    if (t) {
        *place = t->next;
        c->thread_count--;
        if (c->last == t)
            c->last = NULL;
        if (c->replay == t)
            c->replay = NULL;
    }
    return t;
}

static unsigned plan_bucket(uint32_t arch, uint64_t number)
{
    return (unsigned)((number * 2 + (arch >> 31)) % BUCKETS);
}

static struct plan *plan_find(Capture *c, uint32_t arch, uint64_t number, const uint64_t *args)
{
    struct plan *p = c->plans[plan_bucket(arch, number)];
    for (; p; p = p->next)
        if (p->number == number && p->arch == arch && (p->selector < 0 || (args[p->selector] & p->mask) == p->key))
            return p;
    return NULL;
}

/* --- records in the making ----------------------------------------------------------------------------------------- */

static int64_t cpu_of(const struct rusage *usage)
{
    return (int64_t)usage->ru_stime.tv_sec * 1000000000 + usage->ru_stime.tv_usec * 1000;
}

static int word_of(uint32_t arch, uint64_t number)
{
    int x32 = number & 0x40000000u && number != UINT64_MAX; /* -1 is a call to be skipped */
    return arch & ARCH_64BIT && !x32 ? 8 : 4;
}

/* The entry goes to the pending buffer, unless something else waits there: that is older, and open. */
static void record_entry(Capture *c, struct thread *t, const struct syscall_info *info)
{
    struct ring *r = &c->ring;
    pthread_mutex_lock(&r->lock);
    ring_flush_pending(r);
    pthread_mutex_unlock(&r->lock);
    struct buffer *b = &r->pending;
    b->used = sizeof(struct record);
    struct copying copying = {b, 0, t->tid, word_of(t->arch, t->number), t->args, 0, b->used + MOST_OF_RECORD};
    copy_by_plan(&copying, &t->plan->entry);
    struct record *record = (struct record *)b->data;
    memset(record, 0, sizeof *record);
    record->kind = ENTRY;
    record->size = b->used;
    record->entry_chunks = copying.chunks;
    record->tid = t->tid;
    record->arch = t->arch;
    record->number = t->number;
    memcpy(record->args, t->args, sizeof record->args);
    record->pointer = info->instruction_pointer;
    record->start = now();
    pthread_mutex_lock(&r->lock);
    r->pending_valid = 1;
    if (r->consumer_waits) {
        r->consumer_waits = 0;
        pthread_cond_signal(&r->filled);
    }
    pthread_mutex_unlock(&r->lock);
}

static void record_exit(Capture *c, struct thread *t, const struct syscall_info *info, int64_t end, int64_t cpu)
{
    struct ring *r = &c->ring;
    struct buffer *b;
    pthread_mutex_lock(&r->lock);
    struct record *record = (struct record *)r->pending.data;
    if (r->pending_valid && record->tid == t->tid) {
        r->pending_valid = 0; /* ours again */
        b = &r->pending;
    } else {
        ring_flush_pending(r);
        b = &c->scratch;
        record = (struct record *)b->data;
        memset(record, 0, sizeof *record);
        record->kind = EXIT;
        record->tid = t->tid;
        b->used = sizeof *record;
    }
    pthread_mutex_unlock(&r->lock);
    struct copying copying = {b, 0, t->tid, word_of(t->arch, t->number), t->args, info->exit.rval,
                              b->used + MOST_OF_RECORD};
    if (!info->exit.is_error)
        copy_by_plan(&copying, &t->plan->exit);
    record = (struct record *)b->data;
    if (record->kind == ENTRY)
        record->kind = CALL;
    record->exit_chunks = copying.chunks;
    record->size = b->used;
    record->end = end;
    record->cpu = cpu;
    record->result = info->exit.rval;
    record->failed = info->exit.is_error;
    pthread_mutex_lock(&r->lock);
    ring_put(r, b->data, b->used);
    pthread_mutex_unlock(&r->lock);
}

/* --- the loop ------------------------------------------------------------------------------------------------------- */

static int resume(Capture *c, struct thread *t, int signal)
{
    long request = c->filtered && !t->in_call ? PTRACE_CONT : PTRACE_SYSCALL;
    return ptrace(request, t->tid, NULL, (void *)(long)signal);
}

enum { HANDLED, POLICY, NO_PLAN, ENTRY_LIVE, EXIT_LIVE };

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
    }
    for (int i = 0; i < 6; i++) /* what the kernel takes of a 32-bit call; the upper halves are anybody's */
        t->args[i] = t->arch & ARCH_64BIT ? info->entry.args[i] : (uint32_t)info->entry.args[i];
    t->plan = plan_find(c, t->arch, t->number, t->args);
    if (!t->plan) {
        c->replay = t;
        c->replay_info = *info;
        return NO_PLAN;
    }
    t->recorded = !t->plan->unwanted;
    /* Behind a filter an unwanted call needs no stop at its exit; without one the kernel makes that stop anyway. */
    t->in_call = t->recorded || !c->filtered;
    if (c->cpu_time)
        t->cpu_at_entry = cpu_of(&c->usage);
    if (t->recorded && t->plan->live_entry) {
        c->replay_info = *info;
        return ENTRY_LIVE;
    }
    if (t->recorded)
        record_entry(c, t, info);
    return HANDLED;
}

static int handle_exit(Capture *c, struct thread *t, const struct syscall_info *info)
{
    int64_t end = now();
    int64_t cpu = c->cpu_time ? cpu_of(&c->usage) - t->cpu_at_entry : 0;
    int known = t->in_call && t->recorded;
    t->in_call = 0;
    if (!known)
        return HANDLED; /* attached in the middle of a call, or nobody asked for it */
    if (t->plan->live_exit && !info->exit.is_error) {
        c->replay_info = *info;
        return EXIT_LIVE;
    }
    record_exit(c, t, info, end, cpu);
    return HANDLED;
}

static int handle_stop(Capture *c, struct thread *t, int status)
{
    if (!WIFSTOPPED(status) || c->detaching)
        return POLICY;
    int event = status >> 16;
    if (!(WSTOPSIG(status) == (SIGTRAP | 0x80) || event == PTRACE_EVENT_SECCOMP))
        return POLICY;
    struct syscall_info info;
    if (ptrace(PTRACE_GET_SYSCALL_INFO, t->tid, (void *)sizeof info, &info) < 0)
        return HANDLED; /* killed meanwhile: its death is reported next */
    if (info.op == INFO_ENTRY || info.op == INFO_SECCOMP)
        return handle_entry(c, t, &info);
    if (info.op == INFO_EXIT)
        return handle_exit(c, t, &info);
    return HANDLED;
}

static PyObject *tuple_of_args(const uint64_t *args)
{
    PyObject *tuple = PyTuple_New(6);
    for (int i = 0; tuple && i < 6; i++)
        PyTuple_SetItem(tuple, i, PyLong_FromUnsignedLongLong(args[i]));
    return tuple;
}

static PyObject *event_of(Capture *c, struct thread *t, int outcome, pid_t tid, int status)
{
    const struct syscall_info *info = &c->replay_info;
    switch (outcome) {
    case NO_PLAN:
        return Py_BuildValue("(iiIKN)", NEED_PLAN, tid, t->arch, t->number, tuple_of_args(t->args));
    case ENTRY_LIVE:
        return Py_BuildValue("(iiLIKNK)", LIVE_ENTRY, tid, (long long)now(), t->arch, t->number, tuple_of_args(t->args),
                             info->instruction_pointer);
    case EXIT_LIVE:
        return Py_BuildValue("(iiLIKNLiL)", LIVE_EXIT, tid, (long long)now(), t->arch, t->number, tuple_of_args(t->args),
                             (long long)info->exit.rval, (int)info->exit.is_error,
                             (long long)(c->cpu_time ? cpu_of(&c->usage) - t->cpu_at_entry : 0));
    default:
        return Py_BuildValue("(iii)", STOP, tid, status);
    }
}

/* A thread that stops over and over is first in the kernel's list each time; the others get their turn
 * while it is held. */
#define MOST_IN_A_ROW 32

static PyObject *Capture_wait(Capture *c, PyObject *unused)
{
    (void)unused;
    struct thread *t = NULL, *held = NULL;
    int status = 0, outcome;
    pid_t tid = 0;
    PyThreadState *state = PyEval_SaveThread();
    if (c->replay) {
        t = c->replay;
        tid = t->tid;
        c->replay = NULL;
        outcome = handle_entry(c, t, &c->replay_info);
        if (outcome == HANDLED)
            resume(c, t, 0);
        else
            goto policy;
    }
    for (;;) {
        tid = wait4(-1, &status, __WALL | (held ? WNOHANG : 0), c->cpu_time ? &c->usage : NULL);
        if (held && tid <= 0) {
            resume(c, held, 0);
            held = NULL;
            continue;
        }
        if (tid < 0) {
            if (errno == EINTR) {
                PyEval_RestoreThread(state);
                if (PyErr_CheckSignals() < 0)
                    return NULL;
                return Py_BuildValue("(i)", INTERRUPTED);
            }
            PyEval_RestoreThread(state);
            if (errno == ECHILD)
                Py_RETURN_NONE;
            return PyErr_SetFromErrno(PyExc_OSError);
        }
        t = thread_find(c, tid);
        outcome = t ? handle_stop(c, t, status) : POLICY;
        if (outcome != HANDLED)
            goto policy;
        if (c->thread_count > 1) {
            c->streak = t == c->last ? c->streak + 1 : 0;
            c->last = t;
            if (c->streak > MOST_IN_A_ROW && !held) {
                held = t;
                c->streak = 0;
                continue;
            }
        }
        resume(c, t, 0);
    }
policy:
    if (held)
        resume(c, held, 0);
    PyEval_RestoreThread(state);
    return event_of(c, t, outcome, tid, status);
}

/* --- what the consumer sees ------------------------------------------------------------------------------------------ */

static PyObject *chunks_of(const char **place, unsigned count)
{
    if (!count)
        Py_RETURN_NONE;
    PyObject *chunks = PyDict_New();
    for (unsigned i = 0; i < count; i++) {
        const struct chunk *chunk = (const struct chunk *)*place;
        PyObject *address = PyLong_FromUnsignedLongLong(chunk->address);
        PyObject *known = PyDict_GetItemWithError(chunks, address);
        if (!known || PyBytes_Size(known) < (Py_ssize_t)chunk->size) {
            PyObject *data = PyBytes_FromStringAndSize(*place + sizeof *chunk, chunk->size);
            PyDict_SetItem(chunks, address, data);
            Py_DECREF(data);
        }
        Py_DECREF(address);
        *place += sizeof *chunk + padded(chunk->size);
    }
    return chunks;
}

static PyObject *number(long long value)
{
    return PyLong_FromLongLong(value);
}

static PyObject *record_tuple(const struct record *r)
{
    const char *place = (const char *)(r + 1);
    PyObject *tuple;
    if (r->kind == OBJECT)
        return r->object;
    if (r->kind == EXIT) {
        tuple = PyTuple_New(7);
        PyTuple_SetItem(tuple, 2, number(r->end));
        PyTuple_SetItem(tuple, 3, number(r->result));
        PyTuple_SetItem(tuple, 4, PyBool_FromLong(r->failed));
        PyTuple_SetItem(tuple, 5, number(r->cpu));
        PyTuple_SetItem(tuple, 6, chunks_of(&place, r->exit_chunks));
    } else {
        tuple = PyTuple_New(r->kind == CALL ? 13 : 8);
        PyTuple_SetItem(tuple, 2, number(r->start));
        PyTuple_SetItem(tuple, 3, PyLong_FromUnsignedLong(r->arch));
        PyTuple_SetItem(tuple, 4, PyLong_FromUnsignedLongLong(r->number));
        PyTuple_SetItem(tuple, 5, tuple_of_args(r->args));
        PyTuple_SetItem(tuple, 6, PyLong_FromUnsignedLongLong(r->pointer));
        PyTuple_SetItem(tuple, 7, chunks_of(&place, r->entry_chunks));
        if (r->kind == CALL) {
            PyTuple_SetItem(tuple, 8, number(r->end));
            PyTuple_SetItem(tuple, 9, number(r->result));
            PyTuple_SetItem(tuple, 10, PyBool_FromLong(r->failed));
            PyTuple_SetItem(tuple, 11, number(r->cpu));
            PyTuple_SetItem(tuple, 12, chunks_of(&place, r->exit_chunks));
        }
    }
    PyTuple_SetItem(tuple, 0, number(r->kind));
    PyTuple_SetItem(tuple, 1, number(r->tid));
    return tuple;
}

static PyObject *Capture_take(Capture *c, PyObject *args)
{
    struct ring *r = &c->ring;
    long most;
    if (!PyArg_ParseTuple(args, "l", &most))
        return NULL;
    int some;
    Py_BEGIN_ALLOW_THREADS
    some = ring_wait(r);
    Py_END_ALLOW_THREADS
    if (!some)
        Py_RETURN_NONE;
    PyObject *list = PyList_New(0);
    if (!list)
        return NULL;
    pthread_mutex_lock(&r->lock);
    size_t head = r->head, tail = r->tail;
    pthread_mutex_unlock(&r->lock);
    while (tail != head && most-- > 0) {
        const struct record *record = (const struct record *)(r->data + tail);
        if (record->kind == WRAP) {
            tail = 0;
            most++;
            continue;
        }
        PyObject *tuple = record_tuple(record);
        if (!tuple || PyList_Append(list, tuple) < 0) {
            Py_XDECREF(tuple);
            Py_DECREF(list);
            return NULL;
        }
        Py_DECREF(tuple);
        tail += record->size;
    }
    pthread_mutex_lock(&r->lock);
    r->tail = tail;
    if (r->producer_waits)
        pthread_cond_signal(&r->drained);
    pthread_mutex_unlock(&r->lock);
    return list;
}

static PyObject *Capture_append(Capture *c, PyObject *tuple)
{
    struct record record = {.size = sizeof record, .kind = OBJECT, .object = tuple};
    struct ring *r = &c->ring;
    Py_INCREF(tuple);
    Py_BEGIN_ALLOW_THREADS
    pthread_mutex_lock(&r->lock);
    ring_flush_pending(r);
    ring_put(r, &record, sizeof record);
    pthread_mutex_unlock(&r->lock);
    Py_END_ALLOW_THREADS
    Py_RETURN_NONE;
}

static PyObject *Capture_finish(Capture *c, PyObject *unused)
{
    (void)unused;
    pthread_mutex_lock(&c->ring.lock);
    c->ring.finished = 1;
    pthread_cond_broadcast(&c->ring.filled);
    pthread_mutex_unlock(&c->ring.lock);
    Py_RETURN_NONE;
}

/* --- requests ---------------------------------------------------------------------------------------------------------- */

static PyObject *done(long result)
{
    if (result < 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    Py_RETURN_NONE;
}

static PyObject *Capture_seize(Capture *c, PyObject *args)
{
    int tid;
    long options;
    if (!PyArg_ParseTuple(args, "il", &tid, &options))
        return NULL;
    if (ptrace(PTRACE_SEIZE, tid, NULL, (void *)options) < 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    if (!thread_add(c, tid))
        return PyErr_NoMemory();
    Py_RETURN_NONE;
}

static PyObject *Capture_interrupt(Capture *c, PyObject *args)
{
    int tid;
    (void)c;
    if (!PyArg_ParseTuple(args, "i", &tid))
        return NULL;
    return done(ptrace(PTRACE_INTERRUPT, tid, NULL, NULL));
}

static PyObject *Capture_resume(Capture *c, PyObject *args)
{
    int tid, signal = 0;
    if (!PyArg_ParseTuple(args, "i|i", &tid, &signal))
        return NULL;
    struct thread *t = thread_find(c, tid);
    if (!t) {
        errno = ESRCH;
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    return done(resume(c, t, signal));
}

static PyObject *Capture_listen(Capture *c, PyObject *args)
{
    int tid;
    (void)c;
    if (!PyArg_ParseTuple(args, "i", &tid))
        return NULL;
    return done(ptrace(PTRACE_LISTEN, tid, NULL, NULL));
}

static PyObject *Capture_detach(Capture *c, PyObject *args)
{
    int tid, signal = 0;
    if (!PyArg_ParseTuple(args, "i|i", &tid, &signal))
        return NULL;
    long result = ptrace(PTRACE_DETACH, tid, NULL, (void *)(long)signal);
    if (result == 0)
        free(thread_unlink(c, tid));
    return done(result);
}

static PyObject *Capture_add(Capture *c, PyObject *args)
{
    int tid;
    if (!PyArg_ParseTuple(args, "i", &tid))
        return NULL;
    if (!thread_add(c, tid))
        return PyErr_NoMemory();
    Py_RETURN_NONE;
}

static PyObject *Capture_hide(Capture *c, PyObject *args)
{
    int tid;
    unsigned long long until;
    if (!PyArg_ParseTuple(args, "iK", &tid, &until))
        return NULL;
    struct thread *t = thread_find(c, tid);
    if (t)
        t->hidden_until = until;
    Py_RETURN_NONE;
}

static PyObject *Capture_forget(Capture *c, PyObject *args)
{
    int tid;
    if (!PyArg_ParseTuple(args, "i", &tid))
        return NULL;
    free(thread_unlink(c, tid));
    Py_RETURN_NONE;
}

static PyObject *Capture_rename(Capture *c, PyObject *args)
{
    int former, tid;
    if (!PyArg_ParseTuple(args, "ii", &former, &tid))
        return NULL;
    free(thread_unlink(c, tid));
    struct thread *t = thread_unlink(c, former);
    if (t) {
        t->tid = tid;
        t->next = c->threads[(unsigned)tid % BUCKETS];
        c->threads[(unsigned)tid % BUCKETS] = t;
        c->thread_count++;
    }
    Py_RETURN_NONE;
}

static PyObject *Capture_event_message(Capture *c, PyObject *args)
{
    int tid;
    unsigned long message = 0;
    (void)c;
    if (!PyArg_ParseTuple(args, "i", &tid))
        return NULL;
    if (ptrace(PTRACE_GETEVENTMSG, tid, NULL, &message) < 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    return PyLong_FromUnsignedLong(message);
}

static PyObject *Capture_siginfo(Capture *c, PyObject *args)
{
    int tid;
    siginfo_t info;
    (void)c;
    if (!PyArg_ParseTuple(args, "i", &tid))
        return NULL;
    memset(&info, 0, sizeof info);
    if (ptrace(PTRACE_GETSIGINFO, tid, NULL, &info) < 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    return PyBytes_FromStringAndSize((const char *)&info, sizeof info);
}

static PyObject *Capture_registers(Capture *c, PyObject *args)
{
    int tid;
    struct user_regs_struct registers;
    (void)c;
    if (!PyArg_ParseTuple(args, "i", &tid))
        return NULL;
    if (ptrace(PTRACE_GETREGS, tid, NULL, &registers) < 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    return PyBytes_FromStringAndSize((const char *)&registers, sizeof registers);
}

static PyObject *Capture_system_call(Capture *c, PyObject *args)
{
    int tid;
    if (!PyArg_ParseTuple(args, "i", &tid))
        return NULL;
    struct thread *t = thread_find(c, tid);
    if (!t || !t->in_call)
        Py_RETURN_NONE;
    return Py_BuildValue("(IK)", t->arch, t->number);
}

static PyObject *Capture_read(Capture *c, PyObject *args)
{
    int tid;
    unsigned long long address;
    Py_ssize_t size;
    (void)c;
    if (!PyArg_ParseTuple(args, "iKn", &tid, &address, &size))
        return NULL;
    if (size < 0 || size > (1 << 26))
        size = size < 0 ? 0 : 1 << 26;
    char *data = malloc(size ? size : 1);
    if (!data)
        return PyErr_NoMemory();
    size_t got = 0;
    while (got < (size_t)size) { /* page by page where a whole copy falls short */
        size_t part = got || size > (Py_ssize_t)PAGE ? PAGE - (address + got) % PAGE : (size_t)size;
        if (part > size - got)
            part = size - got;
        size_t n = tracee_read(tid, address + got, data + got, part);
        got += n;
        if (n < part)
            break;
    }
    PyObject *result = PyBytes_FromStringAndSize(data, got);
    free(data);
    return result;
}

static int steps_from(PyObject *tuple, struct steps *steps)
{
    Py_ssize_t count = PyTuple_Size(tuple);
    if (count < 0)
        return 0;
    steps->count = count;
    steps->step = calloc(count ? count : 1, sizeof *steps->step);
    if (!steps->step) {
        PyErr_NoMemory();
        return 0;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        struct step *s = &steps->step[i];
        int operation, argument, kind;
        if (!PyArg_ParseTuple(PyTuple_GetItem(tuple, i), "iiiKKK", &operation, &argument, &kind, &s->length_argument,
                              &s->scale, &s->limit))
            return 0;
        s->operation = operation;
        s->argument = argument;
        s->length_kind = kind;
    }
    return 1;
}

static PyObject *Capture_set_plan(Capture *c, PyObject *args)
{
    PyObject *plan, *entry, *exit;
    int live_entry, live_exit;
    struct plan *p = calloc(1, sizeof *p);
    if (!p)
        return PyErr_NoMemory();
    if (!PyArg_ParseTuple(args, "IKiKKO", &p->arch, &p->number, &p->selector, &p->mask, &p->key, &plan))
        goto failed;
    if (plan == Py_None)
        p->unwanted = 1;
    else {
        if (!PyArg_ParseTuple(plan, "OOpp", &entry, &exit, &live_entry, &live_exit))
            goto failed;
        p->live_entry = live_entry;
        p->live_exit = live_exit;
        if (!steps_from(entry, &p->entry) || !steps_from(exit, &p->exit))
            goto failed;
    }
    struct plan **place = &c->plans[plan_bucket(p->arch, p->number)];
    p->next = *place;
    *place = p;
    Py_RETURN_NONE;
failed:
    free(p->entry.step);
    free(p->exit.step);
    free(p);
    return NULL;
}

static PyObject *Capture_configure(Capture *c, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"filtered", "cpu_time", "detaching", NULL};
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "|$ppp", names, &c->filtered, &c->cpu_time, &c->detaching))
        return NULL;
    Py_RETURN_NONE;
}

/* --- the type ------------------------------------------------------------------------------------------------------------ */

static int Capture_init(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"ring_size", NULL};
    Capture *c = (Capture *)self;
    Py_ssize_t size = 8 << 20;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "|n", names, &size))
        return -1;
    if (size < 8 * (Py_ssize_t)MOST_OF_RECORD)
        size = 8 * (Py_ssize_t)MOST_OF_RECORD;
    if (!ring_init(&c->ring, size) || !buffer_reserve(&c->scratch, 1 << 16)) {
        PyErr_NoMemory();
        return -1;
    }
    return 0;
}

static void Capture_dealloc(PyObject *self)
{
    Capture *c = (Capture *)self;
    if (c->ring.data)
        munmap(c->ring.data, c->ring.size);
    free(c->ring.pending.data);
    free(c->scratch.data);
    for (int i = 0; i < BUCKETS; i++) {
        for (struct thread *t = c->threads[i], *next; t; t = next) {
            next = t->next;
            free(t);
        }
        for (struct plan *p = c->plans[i], *next; p; p = next) {
            next = p->next;
            free(p->entry.step);
            free(p->exit.step);
            free(p);
        }
    }
    PyTypeObject *type = Py_TYPE(self);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
    Py_DECREF(type);
}

#define METHOD(name, flags) {#name, (PyCFunction)(void (*)(void))Capture_##name, flags, NULL}

static PyMethodDef methods[] = {
    METHOD(seize, METH_VARARGS),
    METHOD(interrupt, METH_VARARGS),
    METHOD(resume, METH_VARARGS),
    METHOD(listen, METH_VARARGS),
    METHOD(detach, METH_VARARGS),
    METHOD(add, METH_VARARGS),
    METHOD(hide, METH_VARARGS),
    METHOD(forget, METH_VARARGS),
    METHOD(rename, METH_VARARGS),
    METHOD(event_message, METH_VARARGS),
    METHOD(siginfo, METH_VARARGS),
    METHOD(registers, METH_VARARGS),
    METHOD(system_call, METH_VARARGS),
    METHOD(read, METH_VARARGS),
    METHOD(set_plan, METH_VARARGS),
    METHOD(configure, METH_VARARGS | METH_KEYWORDS),
    METHOD(wait, METH_NOARGS),
    METHOD(append, METH_O),
    METHOD(finish, METH_NOARGS),
    METHOD(take, METH_VARARGS),
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_init, Capture_init},
    {Py_tp_dealloc, Capture_dealloc},
    {Py_tp_methods, methods},
    {Py_tp_doc, "The C loop of ptracer; see ptracer.capture.protocol."},
    {0, NULL},
};

static PyType_Spec specification = {"ptracer.capture._capture.Capture", sizeof(Capture), 0, Py_TPFLAGS_DEFAULT, slots};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_capture", "The C loop of ptracer.", -1, NULL, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__capture(void)
{
    PyObject *made = PyModule_Create(&module);
    PyObject *type = made ? PyType_FromSpec(&specification) : NULL;
    if (!type || PyModule_AddObject(made, "Capture", type) < 0) {
        Py_XDECREF(made);
        return NULL;
    }
    return made;
}
