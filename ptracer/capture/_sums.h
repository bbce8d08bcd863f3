/* Calls summed up: how many there were of each kind, and what they took. */

#define EXECED 8 /* a kind of the tracer's own records, and one that is made here; as in records.py */
#define SUM 30

struct times { /* nanoseconds */
    int64_t total, least, most;
};

struct kind {
    uint64_t number, carried; /* the part of the first argument that chooses what a call carries */
    uint32_t arch;
    uint16_t apart; /* whether by that part */
    uint16_t failed;
};

struct sum {
    uint64_t hash;
    struct kind kind;
    int64_t count;
    struct times cpu, wall;
};

struct open_call { /* what must be known of a call until it returns */
    uint64_t hash, tid;
    uint64_t number, first;
    int64_t start;
    uint32_t arch, open;
};

struct apart { /* calls that are told apart by a part of their first argument */
    uint64_t number, mask;
    uint32_t arch;
};

struct summing {
    struct table *sums, *open;
    struct listing others; /* what is no call */
    int64_t overhead; /* of each time */
    struct apart *apart;
    Py_ssize_t apart_count;
};

static int is_open(const void *item)
{
    return ((const struct open_call *)item)->open;
}

static void times_add(struct times *times, int64_t time, int first)
{
    times->total += time;
    if (first || time < times->least)
        times->least = time;
    if (first || time > times->most)
        times->most = time;
}

static int64_t cost_of(const struct summing *s, int64_t time)
{
    return !s->overhead ? time : time > s->overhead ? time - s->overhead : 0;
}

static struct kind kind_of(const struct summing *s, const struct open_call *call, int failed)
{
    struct kind kind = {.number = call->number, .arch = call->arch, .failed = failed};
    for (Py_ssize_t i = 0; i < s->apart_count; i++) {
        if (s->apart[i].number != call->number || s->apart[i].arch != call->arch)
            continue;
        kind.apart = 1;
        kind.carried = call->first & s->apart[i].mask;
    }
    return kind;
}

static int sum_up(struct summing *s, const struct open_call *call, const struct record *exit)
{
    struct kind kind = kind_of(s, call, exit->failed != 0);
    struct sum *sum = table_add(s->sums, &kind, NULL);
    if (!sum)
        return 0;
    int first = !sum->count++;
    times_add(&sum->cpu, cost_of(s, exit->cpu), first);
    times_add(&sum->wall, cost_of(s, exit->end - call->start), first);
    return 1;
}

static struct open_call begun(const struct record *r)
{
    return (struct open_call){0, r->tid, r->number, r->args[0], r->start, r->arch, 1};
}

/* A call has begun, in place of whatever the thread was in. */
static int open_put(struct table *open, const struct open_call *call)
{
    struct open_call *place = table_add(open, &call->tid, is_open);
    if (!place)
        return 0;
    uint64_t hash = place->hash;
    *place = *call;
    place->hash = hash;
    return 1;
}

static struct open_call *open_find(struct table *open, uint64_t tid)
{
    struct open_call *call = table_find(open, &tid);
    return call && call->open ? call : NULL;
}

/* A thread is another one from now on, and the call it is in goes along. */
static int open_rename(struct table *open, uint64_t former, uint64_t tid)
{
    struct open_call *call = open_find(open, former);
    if (!call || former == tid)
        return 1;
    struct open_call moved = *call;
    moved.tid = tid;
    call->open = 0;
    return open_put(open, &moved);
}

static long call_to_sums(void *into, const struct record *record)
{
    struct summing *s = into;
    struct open_call call = begun(record);
    if (record->kind == ENTRY)
        return open_put(s->open, &call) ? 1 : -1;
    if (record->kind == CALL)
        return sum_up(s, &call, record) ? 1 : -1;
    struct open_call *known = open_find(s->open, record->tid);
    if (!known) /* the tracer itself may have made a record of its entry */
        return call_to_list(&s->others, record);
    known->open = 0;
    return sum_up(s, known, record) ? 1 : -1;
}

static long object_to_sums(void *into, PyObject *record)
{
    struct summing *s = into;
    if (item_of(record, 0) == EXECED && !open_rename(s->open, item_of(record, 3), item_of(record, 1)))
        return -1;
    return object_to_list(&s->others, record);
}

static const struct consumer to_sums = {call_to_sums, object_to_sums};

static PyObject *tuple_of_times(const struct times *t)
{
    return Py_BuildValue("(LLL)", (long long)t->total, (long long)t->least, (long long)t->most);
}

static PyObject *tuple_of_sum(const struct sum *sum)
{
    const struct kind *kind = &sum->kind;
    PyObject *key = kind->apart ? Py_BuildValue("(IKK)", kind->arch, kind->number, kind->carried)
                                : Py_BuildValue("(IK)", kind->arch, kind->number);
    return Py_BuildValue("(iNNLNN)", SUM, key, PyBool_FromLong(kind->failed), (long long)sum->count,
                         tuple_of_times(&sum->cpu), tuple_of_times(&sum->wall));
}

static int add_sums(PyObject *list, const struct table *sums)
{
    for (size_t i = 0; i < sums->room; i++) {
        const struct sum *sum = (const struct sum *)item_at(sums, i);
        PyObject *tuple = sum->hash ? tuple_of_sum(sum) : NULL;
        int done = !sum->hash || (tuple && PyList_Append(list, tuple) == 0);
        Py_XDECREF(tuple);
        if (!done)
            return 0;
    }
    return 1;
}

/* ((arch, number, mask), ...) */
static struct apart *apart_of(PyObject *rows, Py_ssize_t count)
{
    struct apart *apart = calloc(count + 1, sizeof *apart);
    if (!apart)
        return (void *)PyErr_NoMemory();
    for (Py_ssize_t i = 0; i < count; i++) {
        unsigned long long number, mask;
        if (!PyArg_ParseTuple(PyTuple_GetItem(rows, i), "IKK", &apart[i].arch, &number, &mask)) {
            free(apart);
            return NULL;
        }
        apart[i].number = number;
        apart[i].mask = mask;
    }
    return apart;
}

static PyObject *Capture_take_sums(Capture *c, PyObject *args)
{
    long most;
    long long overhead;
    PyObject *rows;
    if (!PyArg_ParseTuple(args, "lLO!", &most, &overhead, &PyTuple_Type, &rows))
        return NULL;
    c->sums.item = sizeof(struct sum);
    c->sums.key = sizeof(struct kind);
    c->open.item = sizeof(struct open_call);
    c->open.key = sizeof(uint64_t);
    struct summing s = {&c->sums, &c->open, {PyList_New(0), &c->chosen}, overhead, NULL, PyTuple_Size(rows)};
    s.apart = s.others.list ? apart_of(rows, s.apart_count) : NULL;
    long count = s.apart ? consume(c, &to_sums, &s, most) : 0;
    int done = count && add_sums(s.others.list, s.sums);
    table_empty(s.sums);
    free(s.apart);
    return taken_or_none(s.others.list, done);
}
