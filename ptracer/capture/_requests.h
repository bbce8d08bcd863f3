/* One method for each request to the kernel, and what Python tells the loop. */

static PyObject *done(long result)
{
    if (result < 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    Py_RETURN_NONE;
}

static void thread_forget(Capture *c, pid_t tid)
{
    inside_drop(c, thread_find(c, tid));
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

static PyObject *Capture_give_up(Capture *c, PyObject *unused)
{
    (void)unused;
    __atomic_store_n(&c->ring.impatient, 1, __ATOMIC_RELAXED);
    Py_RETURN_NONE;
}

static PyObject *Capture_gave_up(Capture *c, PyObject *unused)
{
    (void)unused;
    return PyBool_FromLong(c->ring.dropped);
}

static PyObject *Capture_add(Capture *c, PyObject *args)
{
    int tid, parent = 0;
    if (!PyArg_ParseTuple(args, "i|i", &tid, &parent))
        return NULL;
    struct thread *t = thread_add(c, tid);
    if (!t)
        return PyErr_NoMemory();
    inside_inherit(c, t, thread_find(c, parent));
    Py_RETURN_NONE;
}

static PyObject *Capture_hide(Capture *c, PyObject *args)
{
    int tid;
    unsigned long long until;
    if (!PyArg_ParseTuple(args, "iK", &tid, &until))
        return NULL;
    struct thread *t = thread_find(c, tid);
    if (t) {
        t->hidden_until = until;
        if (t->source)
            t->source->area->mode = until ? PASSES : RECORDS;
    }
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
    inside_drop(c, thread_find(c, tid));
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

/* Registers that matter at the stops of a call: the number, and later the result. */

static PyObject *Capture_set_number(Capture *c, PyObject *args)
{
    int tid;
    long long number;
    (void)c;
    if (!PyArg_ParseTuple(args, "iL", &tid, &number))
        return NULL;
    return done(ptrace(PTRACE_POKEUSER, tid, (void *)offsetof(struct user_regs_struct, orig_rax), (void *)number));
}

static PyObject *Capture_set_result(Capture *c, PyObject *args)
{
    int tid;
    long long result;
    (void)c;
    if (!PyArg_ParseTuple(args, "iL", &tid, &result))
        return NULL;
    return done(ptrace(PTRACE_POKEUSER, tid, (void *)offsetof(struct user_regs_struct, rax), (void *)result));
}

static PyObject *Capture_write(Capture *c, PyObject *args)
{
    int tid;
    unsigned long long address;
    const char *data;
    Py_ssize_t size;
    (void)c;
    if (!PyArg_ParseTuple(args, "iKy#", &tid, &address, &data, &size))
        return NULL;
    return PyLong_FromSize_t(tracee_write(tid, address, data, size));
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
        int of_result = (argument == RESULT_VALUE && (operation == LINK || operation == COMMAND)) || (argument >= VALUES && argument <= OWN && operation == COMMAND);
        if (argument < 0 || ((argument & 0xff) >= VALUES && !of_result) || argument >> 8 > 128 || (by_argument && s->length_argument > 5) ||
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

static int asks(const struct steps *steps)
{
    for (unsigned i = 0; i < steps->count; i++)
        if ((steps->step[i].operation == LINK && steps->step[i].limit & ASKED) ||
            (steps->step[i].operation == COMMAND && steps->step[i].argument != OWN))
            return 1;
    return 0;
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
        if (!PyArg_ParseTuple(plan, "OOppp(KK)", &entry, &exit, &live_entry, &live_exit, &exit_on_error,
                              &p->live_errors[0], &p->live_errors[1]))
            goto failed;
        p->live_entry = live_entry;
        p->live_exit = live_exit;
        p->exit_on_error = exit_on_error;
        if (!steps_from(entry, &p->entry) || !steps_from(exit, &p->exit))
            goto failed;
        p->asks = asks(&p->entry) || asks(&p->exit);
    }
    p->id = c->plan_count++;
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
    static char *names[] = {"filtered", "cpu_time", "detaching", "patience", NULL};
    long long patience = c->ring.limit;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "|$pppL", names, &c->filtered, &c->cpu_time, &c->detaching, &patience))
        return NULL;
    c->ring.limit = patience;
    Py_RETURN_NONE;
}

/* Record calls inside of tracees; of each number a set of KEEPS_OUT and the others. */
static PyObject *Capture_go_inside(Capture *c, PyObject *args)
{
    const char *traits;
    Py_ssize_t size;
    if (!PyArg_ParseTuple(args, "y#", &traits, &size))
        return NULL;
    if (size != NUMBERS || c->inside) {
        PyErr_SetString(PyExc_ValueError, "one byte for each number, once");
        return NULL;
    }
    struct inside *i = calloc(1, sizeof *i);
    struct merge *m = i ? calloc(1, sizeof *m) : NULL;
    char *record = m ? malloc(2 * MOST_OF_RECORD + 2 * MOST_INSIDE) : NULL;
    if (!record) {
        free(m);
        free(i);
        return PyErr_NoMemory();
    }
    m->record = record;
    i->merge = m;
    i->filters = filters_of(getpid()) + 1;
    memcpy(i->traits, traits, NUMBERS);
    pthread_mutex_init(&i->lock, NULL);
    c->inside = i;
    Py_RETURN_NONE;
}
