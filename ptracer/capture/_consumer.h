/* The decoding thread's side of the ring: records as Python tuples. */

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
