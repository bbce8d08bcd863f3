/* The decoding thread's side: records as Python tuples, and what else may become of them. */

static int chunk_set(PyObject *chunks, const struct chunk *chunk)
{
    PyObject *address = PyLong_FromUnsignedLongLong(chunk->address);
    PyObject *data = PyBytes_FromStringAndSize((const char *)(chunk + 1), chunk->size);
    int done = address && data && PyDict_SetItem(chunks, address, data) == 0;
    Py_XDECREF(data);
    Py_XDECREF(address);
    return done;
}

static PyObject *chunks_of(struct chosen *chosen, const char **place, unsigned count)
{
    if (!count)
        Py_RETURN_NONE;
    if (!chunks_choose(chosen, place, count))
        return PyErr_NoMemory();
    PyObject *chunks = PyDict_New();
    for (size_t i = 0; chunks && i < chosen->count; i++) {
        if (!chunk_set(chunks, chosen->chunk[i])) {
            Py_DECREF(chunks);
            return NULL;
        }
    }
    return chunks;
}

static PyObject *number(long long value)
{
    return PyLong_FromLongLong(value);
}

static void set_entry(PyObject *tuple, const struct record *r, struct chosen *chosen, const char **place)
{
    PyTuple_SetItem(tuple, 2, number(r->start));
    PyTuple_SetItem(tuple, 3, PyLong_FromUnsignedLong(r->arch));
    PyTuple_SetItem(tuple, 4, PyLong_FromUnsignedLongLong(r->number));
    PyTuple_SetItem(tuple, 5, tuple_of_args(r->args));
    PyTuple_SetItem(tuple, 6, PyLong_FromUnsignedLongLong(r->pointer));
    PyTuple_SetItem(tuple, 7, chunks_of(chosen, place, r->entry_chunks));
}

static void set_exit(PyObject *tuple, Py_ssize_t first, const struct record *r, struct chosen *chosen, const char **place)
{
    PyTuple_SetItem(tuple, first, number(r->end));
    PyTuple_SetItem(tuple, first + 1, number(r->result));
    PyTuple_SetItem(tuple, first + 2, PyBool_FromLong(r->failed));
    PyTuple_SetItem(tuple, first + 3, number(r->cpu));
    PyTuple_SetItem(tuple, first + 4, chunks_of(chosen, place, r->exit_chunks));
}

static int fields_of(const struct record *r)
{
    return r->kind == CALL ? 13 : r->kind == ENTRY ? 8 : 7;
}

/* Of a call, or one of its halves. A new reference. */
static PyObject *record_tuple(const struct record *r, struct chosen *chosen)
{
    const char *place = (const char *)(r + 1);
    PyObject *tuple = PyTuple_New(fields_of(r));
    if (!tuple)
        return NULL;
    PyTuple_SetItem(tuple, 0, number(r->kind));
    PyTuple_SetItem(tuple, 1, number(r->tid));
    if (r->kind != EXIT)
        set_entry(tuple, r, chosen, &place);
    if (r->kind != ENTRY)
        set_exit(tuple, r->kind == CALL ? 8 : 2, r, chosen, &place);
    return whole(tuple);
}

/* What becomes of records. Each function gives how much of the room it has taken, -1: memory is short, or an exception. */
struct consumer {
    long (*call)(void *into, const struct record *record);
    long (*object)(void *into, PyObject *record); /* of the tracer's own */
};

/* Hand over records while there is room, at least one; how many. 0: the end, or an exception. */
static long consume(Capture *c, const struct consumer *consumer, void *into, long room)
{
    struct batch batch;
    const struct record *record;
    long count = 0, taken = 0;
    int some;
    Py_BEGIN_ALLOW_THREADS
    some = batch_begin(&batch, c);
    Py_END_ALLOW_THREADS
    while (some && room > 0 && (record = record_next(&batch))) {
        PyObject *object = record->kind == OBJECT ? record->object : NULL;
        taken = object ? consumer->object(into, object) : consumer->call(into, record);
        if (taken < 0)
            break;
        record_pass(&batch, record);
        Py_XDECREF(object);
        room -= taken;
        count++;
    }
    batch_end(&batch);
    if (count)
        PyErr_Clear(); /* what could be had is better than nothing */
    else if (taken < 0 && !PyErr_Occurred())
        PyErr_NoMemory();
    return count;
}

/* What was made of records, if there were any; None: the end. */
static PyObject *taken_or_none(PyObject *taken, int some)
{
    if (taken && some)
        return taken;
    Py_XDECREF(taken);
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}

/* An integer of one of the tracer's own records. */
static long long item_of(PyObject *record, Py_ssize_t place)
{
    PyObject *item = PyTuple_GetItem(record, place);
    long long value = item ? PyLong_AsLongLong(item) : -1;
    PyErr_Clear();
    return value;
}

struct listing {
    PyObject *list;
    struct chosen *chosen;
};

static long object_to_list(void *into, PyObject *record)
{
    return PyList_Append(((struct listing *)into)->list, record) == 0 ? 1 : -1;
}

static long call_to_list(void *into, const struct record *record)
{
    PyObject *tuple = record_tuple(record, ((struct listing *)into)->chosen);
    long taken = tuple ? object_to_list(into, tuple) : -1;
    Py_XDECREF(tuple);
    return taken;
}

static const struct consumer to_list = {call_to_list, object_to_list};

static PyObject *Capture_take(Capture *c, PyObject *args)
{
    long most;
    if (!PyArg_ParseTuple(args, "l", &most))
        return NULL;
    struct listing listing = {PyList_New(0), &c->chosen};
    return taken_or_none(listing.list, listing.list && consume(c, &to_list, &listing, most));
}

static PyObject *Capture_append(Capture *c, PyObject *tuple)
{
    struct record record = {.size = sizeof record, .kind = OBJECT, .object = tuple};
    struct ring *r = &c->ring;
    int done;
    if (c->inside)
        record.start = item_of(tuple, 2); /* among what has been recorded inside */
    Py_INCREF(tuple);
    Py_BEGIN_ALLOW_THREADS
    pthread_mutex_lock(&r->lock);
    done = ring_flush_pending(r) ? ring_put(r, &record, sizeof record) : GIVEN_UP;
    pthread_mutex_unlock(&r->lock);
    Py_END_ALLOW_THREADS
    if (done != PUT)
        Py_DECREF(tuple);
    if (done == GIVEN_UP)
        return NULL;
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
