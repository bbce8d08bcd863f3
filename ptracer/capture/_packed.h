/* Records as MessagePack, as recordings have them: what recordings/shapes.py makes of the same tuples, byte for byte.
 *
 * Source: the MessagePack specification. Integers take as few bytes as can hold them. */

struct packing {
    struct buffer *buffer;
    struct chosen *chosen;
    PyObject *encode; /* one of the tracer's own records */
    PyObject *notices; /* of these what is no part of a call */
    uint32_t count;
    int64_t first, last; /* when the first and the last record were, or began */
};

#define NIL 0xc0
#define BOOLEAN 0xc2
#define MOST_OF_FIELDS 256 /* bytes that all of a record but its chunks takes at most */
#define HEAD_OF_ALL 5 /* bytes before the first record for the number of them */

/* Eight bytes are written whatever the size, which is quicker; what follows is written over the rest. */
static char *pack_big_endian(char *at, uint8_t type, uint64_t value, int size)
{
    uint64_t swapped = __builtin_bswap64(value << (64 - 8 * size));
    *at = (char)type;
    memcpy(at + 1, &swapped, sizeof swapped);
    return at + 1 + size;
}

static char *pack_unsigned(char *at, uint64_t value)
{
    if (value < 0x80) {
        *at = (char)value;
        return at + 1;
    }
    if (value <= UINT8_MAX)
        return pack_big_endian(at, 0xcc, value, 1);
    if (value <= UINT16_MAX)
        return pack_big_endian(at, 0xcd, value, 2);
    return value <= UINT32_MAX ? pack_big_endian(at, 0xce, value, 4) : pack_big_endian(at, 0xcf, value, 8);
}

static char *pack_signed(char *at, int64_t value)
{
    if (value >= 0)
        return pack_unsigned(at, value);
    if (value >= -32) {
        *at = (char)value;
        return at + 1;
    }
    if (value >= INT8_MIN)
        return pack_big_endian(at, 0xd0, value, 1);
    if (value >= INT16_MIN)
        return pack_big_endian(at, 0xd1, value, 2);
    return value >= INT32_MIN ? pack_big_endian(at, 0xd2, value, 4) : pack_big_endian(at, 0xd3, value, 8);
}

/* The head of an array or a map; `few` is its type where a nibble can say how many follow, `many` where two bytes do. */
static char *pack_head(char *at, uint8_t few, uint8_t many, uint32_t count)
{
    if (count < 16) {
        *at = (char)(few | count);
        return at + 1;
    }
    return count <= UINT16_MAX ? pack_big_endian(at, many, count, 2) : pack_big_endian(at, many + 1, count, 4);
}

static char *pack_array(char *at, uint32_t count)
{
    return pack_head(at, 0x90, 0xdc, count);
}

static char *pack_bytes(char *at, const void *data, uint32_t size)
{
    at = size <= UINT8_MAX    ? pack_big_endian(at, 0xc4, size, 1)
         : size <= UINT16_MAX ? pack_big_endian(at, 0xc5, size, 2)
                              : pack_big_endian(at, 0xc6, size, 4);
    memcpy(at, data, size);
    return at + size;
}

/* NULL: memory is short. */
static char *pack_chunks(char *at, struct chosen *chosen, const char **place, unsigned count)
{
    if (!count) {
        *at = (char)NIL;
        return at + 1;
    }
    if (!chunks_choose(chosen, place, count))
        return NULL;
    at = pack_head(at, 0x80, 0xde, chosen->count);
    for (size_t i = 0; i < chosen->count; i++) {
        const struct chunk *chunk = chosen->chunk[i];
        at = pack_unsigned(at, chunk->address);
        at = pack_bytes(at, chunk + 1, chunk->size);
    }
    return at;
}

static char *pack_entry(char *at, const struct record *r, struct chosen *chosen, const char **place)
{
    at = pack_signed(at, r->start);
    at = pack_unsigned(at, r->arch);
    at = pack_unsigned(at, r->number);
    at = pack_array(at, VALUES);
    for (int i = 0; i < VALUES; i++)
        at = pack_unsigned(at, r->args[i]);
    at = pack_unsigned(at, r->pointer);
    return pack_chunks(at, chosen, place, r->entry_chunks);
}

static char *pack_exit(char *at, const struct record *r, struct chosen *chosen, const char **place)
{
    at = pack_signed(at, r->end);
    at = pack_signed(at, r->result);
    *at++ = (char)(BOOLEAN | !!r->failed);
    at = pack_signed(at, r->cpu);
    return pack_chunks(at, chosen, place, r->exit_chunks);
}

static char *pack_record(char *at, const struct record *r, struct chosen *chosen)
{
    const char *place = (const char *)(r + 1);
    at = pack_array(at, fields_of(r));
    at = pack_unsigned(at, r->kind);
    at = pack_signed(at, r->tid);
    if (r->kind != EXIT)
        at = pack_entry(at, r, chosen, &place);
    if (at && r->kind != ENTRY)
        at = pack_exit(at, r, chosen, &place);
    return at;
}

/* One more record, which took so many bytes. */
static long packed(struct packing *p, int64_t when, size_t size)
{
    if (!p->count++)
        p->first = when;
    p->last = when;
    p->buffer->used += size;
    return (long)size;
}

static long call_to_bytes(void *into, const struct record *record)
{
    struct packing *p = into;
    if (!buffer_reserve(p->buffer, MOST_OF_FIELDS + record->size))
        return -1;
    char *begin = p->buffer->data + p->buffer->used, *end = pack_record(begin, record, p->chosen);
    return end ? packed(p, record->kind == EXIT ? record->end : record->start, end - begin) : -1;
}

static int is_notice(PyObject *record)
{
    return item_of(record, 0) > EXIT;
}

static long object_to_bytes(void *into, PyObject *record)
{
    struct packing *p = into;
    PyObject *bytes = PyObject_CallFunctionObjArgs(p->encode, record, NULL);
    char *data;
    Py_ssize_t size;
    int done = bytes && PyBytes_AsStringAndSize(bytes, &data, &size) == 0 && buffer_reserve(p->buffer, size) &&
               (!is_notice(record) || PyList_Append(p->notices, record) == 0);
    if (done)
        memcpy(p->buffer->data + p->buffer->used, data, size);
    Py_XDECREF(bytes);
    return done ? packed(p, item_of(record, 2), size) : -1;
}

static const struct consumer to_bytes = {call_to_bytes, object_to_bytes};

/* All of them as one array. */
static PyObject *bytes_of(const struct packing *p)
{
    char head[HEAD_OF_ALL + sizeof(uint64_t)], *begin = p->buffer->data + HEAD_OF_ALL;
    size_t size = pack_array(head, p->count) - head;
    memcpy(begin - size, head, size);
    return PyBytes_FromStringAndSize(begin - size, p->buffer->used - HEAD_OF_ALL + size);
}

static PyObject *Capture_take_packed(Capture *c, PyObject *args)
{
    long most;
    PyObject *encode;
    if (!PyArg_ParseTuple(args, "lO", &most, &encode))
        return NULL;
    struct packing p = {&c->packed, &c->chosen, encode, PyList_New(0), 0, 0, 0};
    p.buffer->used = HEAD_OF_ALL;
    PyObject *taken = NULL;
    if (p.notices && consume(c, &to_bytes, &p, most))
        taken = Py_BuildValue("(NILLO)", bytes_of(&p), p.count, (long long)p.first, (long long)p.last, p.notices);
    Py_XDECREF(p.notices);
    return taken_or_none(taken, taken != NULL);
}
