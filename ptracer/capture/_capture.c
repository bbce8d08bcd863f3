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
    uint8_t unwanted, live_entry, live_exit, exit_on_error;
    struct steps entry, exit;
};

struct thread {
    struct thread *next;
    pid_t tid;
    uint8_t in_call, recorded, stopped_at_entry;
    uint32_t arch;
    uint64_t number, args[VALUES];
    const struct plan *plan;
    int64_t cpu_at_entry;
    uint64_t hidden_until; /* no record before the call with this number; 0: none is hidden */
    uint8_t on_trial; /* in that call: if it fails the rest is hidden too */
};

struct stop { /* what wait4 reported; `cpu` is the process's system CPU time so far */
    pid_t tid;
    int status;
    int64_t cpu;
};

#define NO_NUMBER (1ull << 40) /* of a call that never comes */
#define BUCKETS 4096 /* of threads and of plans, each a chain */

typedef struct {
    PyObject_HEAD
    struct ring ring;
    struct thread *threads[BUCKETS];
    struct plan *plans[BUCKETS];
    int thread_count;
    int filtered, cpu_time, detaching;
    struct buffer scratch;
    int interrupt_noted; /* by any thread */
    int64_t cpu; /* of the process that stopped last */
    int64_t live_time; /* of the stop that is handed to Python */
    struct stop *collected; /* stops that wait for their turn */
    size_t collected_room, collected_count, next_collected;
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

/* The entry goes to the pending buffer, unless something else waits there: that is older, and open. 0: given up. */
static int record_entry(Capture *c, struct thread *t, const struct syscall_info *info)
{
    struct ring *r = &c->ring;
    pthread_mutex_lock(&r->lock);
    int flushed = ring_flush_pending(r);
    pthread_mutex_unlock(&r->lock);
    if (!flushed)
        return 0;
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
    return 1;
}

static int record_exit(Capture *c, struct thread *t, const struct syscall_info *info, int64_t end, int64_t cpu)
{
    struct ring *r = &c->ring;
    struct buffer *b;
    int done = 1;
    pthread_mutex_lock(&r->lock);
    struct record *record = (struct record *)r->pending.data;
    if (r->pending_valid && record->tid == t->tid) {
        r->pending_valid = 0; /* ours again */
        b = &r->pending;
    } else {
        done = ring_flush_pending(r);
        b = &c->scratch;
        record = (struct record *)b->data;
        memset(record, 0, sizeof *record);
        record->kind = EXIT;
        record->tid = t->tid;
        b->used = sizeof *record;
    }
    pthread_mutex_unlock(&r->lock);
    if (!done)
        return 0;
    struct copying copying = {b, 0, t->tid, word_of(t->arch, t->number), t->args, info->exit.rval,
                              b->used + MOST_OF_RECORD};
    if (!info->exit.is_error || t->plan->exit_on_error)
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
    done = ring_put(r, b->data, b->used);
    pthread_mutex_unlock(&r->lock);
    return done;
}

/* --- the loop ------------------------------------------------------------------------------------------------------- */

static int resume(Capture *c, struct thread *t, int signal)
{
    long request = c->filtered && !t->in_call ? PTRACE_CONT : PTRACE_SYSCALL;
    return ptrace(request, t->tid, NULL, (void *)(long)signal);
}

enum { HANDLED, ELSEWHERE, POLICY, NO_PLAN, ENTRY_LIVE, EXIT_LIVE, FAILED };

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
    if (!t->plan) {
        c->replay = t;
        c->replay_info = *info;
        return NO_PLAN;
    }
    t->recorded = !t->plan->unwanted;
    /* Behind a filter an unwanted call needs no stop at its exit; without one the kernel makes that stop anyway. */
    t->in_call = t->recorded || t->on_trial || !c->filtered;
    t->cpu_at_entry = c->cpu;
    if (t->recorded && t->plan->live_entry) {
        c->replay_info = *info;
        c->live_time = now();
        return ENTRY_LIVE;
    }
    return !t->recorded || record_entry(c, t, info) ? HANDLED : FAILED;
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
    if (t->plan->live_exit && (!info->exit.is_error || t->plan->exit_on_error)) {
        c->replay_info = *info;
        c->live_time = end;
        return EXIT_LIVE;
    }
    return record_exit(c, t, info, end, cpu) ? HANDLED : FAILED;
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
        return errno == ESRCH ? ELSEWHERE : FAILED; /* killed meanwhile: its death is reported next */
    if (info.op == INFO_SECCOMP && t->in_call)
        return HANDLED; /* the tracee's own filter: the entry has been seen */
    if (info.op == INFO_ENTRY || info.op == INFO_SECCOMP)
        return handle_entry(c, t, &info);
    if (info.op == INFO_EXIT)
        return handle_exit(c, t, &info);
    return ELSEWHERE; /* superseded by exec: the thread is in another stop already, which is reported next */
}

/* --- waiting -------------------------------------------------------------------------------------------------------- */

static pid_t wait_for(Capture *c, struct stop *stop, int options)
{
    struct rusage usage;
    stop->tid = wait4(-1, &stop->status, __WALL | options, c->cpu_time ? &usage : NULL);
    stop->cpu = c->cpu_time && stop->tid > 0 ? cpu_of(&usage) : 0;
    return stop->tid;
}

static int collected_reserve(Capture *c)
{
    if (c->collected_count < c->collected_room)
        return 1;
    size_t room = c->collected_room ? 2 * c->collected_room : 64;
    struct stop *stops = realloc(c->collected, room * sizeof *stops);
    if (!stops)
        return 0;
    c->collected = stops;
    c->collected_room = room;
    return 1;
}

static int interrupted(Capture *c)
{
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
    if (wait_for(c, stop, 0) < 0)
        return 0;
    while (c->thread_count > 1 && collected_reserve(c) && wait_for(c, &c->collected[c->collected_count], WNOHANG) > 0)
        c->collected_count++;
    return 1;
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
        return Py_BuildValue("(iiLIKNLiL)", LIVE_EXIT, tid, (long long)c->live_time, t->arch, t->number, tuple_of_args(t->args),
                             (long long)info->exit.rval, (int)info->exit.is_error,
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
        c->cpu = stop.cpu;
        t = thread_find(c, stop.tid);
        outcome = t ? handle_stop(c, t, stop.status) : POLICY;
    }
    int error = errno;
    PyEval_RestoreThread(state);
    errno = error;
    return outcome == FAILED ? wait_failed() : event_of(c, t, outcome, stop.tid, stop.status);
}

/* --- what the consumer sees ------------------------------------------------------------------------------------------ */

static int chunks_add(PyObject *chunks, const struct chunk *chunk)
{
    PyObject *address = PyLong_FromUnsignedLongLong(chunk->address), *data = NULL;
    if (!address)
        return 0;
    PyObject *known = PyDict_GetItemWithError(chunks, address);
    int done = known && PyBytes_Size(known) >= (Py_ssize_t)chunk->size; /* the longer one says more */
    if (!done && !PyErr_Occurred()) {
        data = PyBytes_FromStringAndSize((const char *)(chunk + 1), chunk->size);
        done = data && PyDict_SetItem(chunks, address, data) == 0;
    }
    Py_XDECREF(data);
    Py_DECREF(address);
    return done;
}

static PyObject *chunks_of(const char **place, unsigned count)
{
    if (!count)
        Py_RETURN_NONE;
    PyObject *chunks = PyDict_New();
    for (unsigned i = 0; chunks && i < count; i++) {
        const struct chunk *chunk = (const struct chunk *)*place;
        if (!chunks_add(chunks, chunk)) {
            Py_DECREF(chunks);
            return NULL;
        }
        *place += sizeof *chunk + padded(chunk->size);
    }
    return chunks;
}

static PyObject *number(long long value)
{
    return PyLong_FromLongLong(value);
}

static void set_entry(PyObject *tuple, const struct record *r, const char **place)
{
    PyTuple_SetItem(tuple, 2, number(r->start));
    PyTuple_SetItem(tuple, 3, PyLong_FromUnsignedLong(r->arch));
    PyTuple_SetItem(tuple, 4, PyLong_FromUnsignedLongLong(r->number));
    PyTuple_SetItem(tuple, 5, tuple_of_args(r->args));
    PyTuple_SetItem(tuple, 6, PyLong_FromUnsignedLongLong(r->pointer));
    PyTuple_SetItem(tuple, 7, chunks_of(place, r->entry_chunks));
}

static void set_exit(PyObject *tuple, Py_ssize_t first, const struct record *r, const char **place)
{
    PyTuple_SetItem(tuple, first, number(r->end));
    PyTuple_SetItem(tuple, first + 1, number(r->result));
    PyTuple_SetItem(tuple, first + 2, PyBool_FromLong(r->failed));
    PyTuple_SetItem(tuple, first + 3, number(r->cpu));
    PyTuple_SetItem(tuple, first + 4, chunks_of(place, r->exit_chunks));
}

/* A new reference. */
static PyObject *record_tuple(const struct record *r)
{
    if (r->kind == OBJECT)
        return Py_NewRef(r->object);
    const char *place = (const char *)(r + 1);
    PyObject *tuple = PyTuple_New(r->kind == CALL ? 13 : r->kind == ENTRY ? 8 : 7);
    if (!tuple)
        return NULL;
    PyTuple_SetItem(tuple, 0, number(r->kind));
    PyTuple_SetItem(tuple, 1, number(r->tid));
    if (r->kind != EXIT)
        set_entry(tuple, r, &place);
    if (r->kind != ENTRY)
        set_exit(tuple, r->kind == CALL ? 8 : 2, r, &place);
    return whole(tuple);
}

/* Move a record into the list; 0: memory is short, and it stays where it was. */
static int record_move(const struct record *record, PyObject *list)
{
    PyObject *tuple = record_tuple(record);
    int done = tuple && PyList_Append(list, tuple) == 0;
    Py_XDECREF(tuple);
    if (done && record->kind == OBJECT)
        Py_DECREF((PyObject *)record->object);
    return done;
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
    while (tail != head && most > 0) {
        const struct record *record = (const struct record *)(r->data + tail);
        if (record->kind == WRAP) {
            tail = 0;
            continue;
        }
        if (!record_move(record, list))
            break;
        tail += record->size;
        most--;
    }
    pthread_mutex_lock(&r->lock);
    r->tail = tail;
    if (r->producer_waits)
        pthread_cond_signal(&r->drained);
    pthread_mutex_unlock(&r->lock);
    if (PyErr_Occurred() && PyList_Size(list) == 0) {
        Py_DECREF(list);
        return NULL;
    }
    PyErr_Clear(); /* what could be had is better than nothing */
    return list;
}

static PyObject *Capture_append(Capture *c, PyObject *tuple)
{
    struct record record = {.size = sizeof record, .kind = OBJECT, .object = tuple};
    struct ring *r = &c->ring;
    int done;
    Py_INCREF(tuple);
    Py_BEGIN_ALLOW_THREADS
    pthread_mutex_lock(&r->lock);
    done = ring_flush_pending(r) && ring_put(r, &record, sizeof record);
    pthread_mutex_unlock(&r->lock);
    Py_END_ALLOW_THREADS
    if (done)
        Py_RETURN_NONE;
    Py_DECREF(tuple);
    return NULL;
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

static void thread_forget(Capture *c, pid_t tid)
{
    free(thread_unlink(c, tid));
    collected_forget(c, tid);
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
        thread_forget(c, tid);
    return done(result);
}

static PyObject *Capture_note_interrupt(Capture *c, PyObject *unused)
{
    (void)unused;
    __atomic_store_n(&c->interrupt_noted, 1, __ATOMIC_RELAXED);
    Py_RETURN_NONE;
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
    thread_forget(c, tid);
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
        int by_argument = kind == ARGUMENT || kind == TARGET;
        int by_field = kind == FIELD;
        if (argument < 0 || (argument & 0xff) >= VALUES || argument >> 8 > 128 || (by_argument && s->length_argument > 5) ||
            (by_field && ((s->length_argument & 0xff) > 5 || s->length_argument >> 24 > 8))) {
            PyErr_SetString(PyExc_IndexError, "a system call has six arguments");
            return 0;
        }
        s->operation = operation;
        s->argument = argument;
        s->length_kind = kind;
    }
    return 1;
}

static PyObject *Capture_set_plan(Capture *c, PyObject *args)
{
    PyObject *plan, *entry, *exit;
    int live_entry, live_exit, exit_on_error;
    struct plan *p = calloc(1, sizeof *p);
    if (!p)
        return PyErr_NoMemory();
    if (!PyArg_ParseTuple(args, "IKiKKO", &p->arch, &p->number, &p->selector, &p->mask, &p->key, &plan))
        goto failed;
    if (p->selector > 5) {
        PyErr_SetString(PyExc_IndexError, "a system call has six arguments");
        goto failed;
    }
    if (plan == Py_None)
        p->unwanted = 1;
    else {
        if (!PyArg_ParseTuple(plan, "OOppp", &entry, &exit, &live_entry, &live_exit, &exit_on_error))
            goto failed;
        p->live_entry = live_entry;
        p->live_exit = live_exit;
        p->exit_on_error = exit_on_error;
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

/* The ring is full, and perhaps for long: the consumer's output may be a pipe nobody reads. */
static int run_signal_handlers(void)
{
    PyGILState_STATE state = PyGILState_Ensure();
    int done = PyErr_CheckSignals() == 0;
    PyGILState_Release(state);
    return done;
}

static PyObject *Capture_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"ring_size", NULL};
    Py_ssize_t size = 8 * MOST_OF_RECORD;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "|n", names, &size))
        return NULL;
    if (size < 8 * (Py_ssize_t)MOST_OF_RECORD)
        size = 8 * (Py_ssize_t)MOST_OF_RECORD;
    Capture *c = (Capture *)((allocfunc)PyType_GetSlot(type, Py_tp_alloc))(type, 0);
    if (c && !(ring_init(&c->ring, size) && buffer_reserve(&c->scratch, 1 << 16))) {
        Py_DECREF(c);
        return PyErr_NoMemory();
    }
    if (c)
        c->ring.on_patience = run_signal_handlers;
    return (PyObject *)c;
}

/* The tracer's own records that nobody took. */
static void release_objects(const struct ring *r)
{
    for (size_t at = r->tail; at != r->head;) {
        const struct record *record = (const struct record *)(r->data + at);
        if (record->kind == OBJECT)
            Py_DECREF((PyObject *)record->object);
        at = record->kind == WRAP ? 0 : at + record->size;
    }
}

static void Capture_dealloc(PyObject *self)
{
    Capture *c = (Capture *)self;
    if (c->ring.data) {
        release_objects(&c->ring);
        ring_free(&c->ring);
    }
    free(c->scratch.data);
    free(c->collected);
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
    METHOD(note_interrupt, METH_NOARGS),
    METHOD(append, METH_O),
    METHOD(finish, METH_NOARGS),
    METHOD(take, METH_VARARGS),
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_new, Capture_new},
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
        Py_XDECREF(type);
        Py_XDECREF(made);
        return NULL;
    }
    return made;
}
