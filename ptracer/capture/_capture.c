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
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "_ring.h"
#include "_memory.h"
#include "_inside_shared.h"
#include "_inside_block.h"
#include "_inside_sites.h"
#include "_vigil.h"
#include "_table.h"
#include "_chunks.h"
#include "_state.h"
#include "_recording.h"
#include "_inside_areas.h"
#include "_inside.h"
#include "_loop.h"
#include "_merge.h"
#include "_batch.h"
#include "_consumer.h"
#include "_sums.h"
#include "_packed.h"
#include "_requests.h"

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
static void release_objects(Capture *c)
{
    struct batch batch;
    const struct record *record;
    for (batch_look(&batch, c); (record = record_next(&batch)); record_pass(&batch, record))
        if (record->kind == OBJECT)
            Py_DECREF((PyObject *)record->object);
}

static void Capture_dealloc(PyObject *self)
{
    Capture *c = (Capture *)self;
    vigil_end(&c->vigil);
    inside_free(c);
    if (c->ring.data) {
        release_objects(c);
        ring_free(&c->ring);
    }
    free(c->scratch.data);
    free(c->collected);
    chosen_free(&c->chosen);
    free(c->open.items);
    free(c->sums.items);
    free(c->packed.data);
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
    METHOD(write, METH_VARARGS),
    METHOD(set_number, METH_VARARGS),
    METHOD(set_result, METH_VARARGS),
    METHOD(set_plan, METH_VARARGS),
    METHOD(configure, METH_VARARGS | METH_KEYWORDS),
    METHOD(go_inside, METH_VARARGS),
    METHOD(wait, METH_NOARGS),
    METHOD(note_interrupt, METH_NOARGS),
    METHOD(give_up, METH_NOARGS),
    METHOD(gave_up, METH_NOARGS),
    METHOD(append, METH_O),
    METHOD(finish, METH_NOARGS),
    METHOD(take, METH_VARARGS),
    METHOD(take_sums, METH_VARARGS),
    METHOD(take_packed, METH_VARARGS),
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
    PyObject *trusted = Py_BuildValue("(KK)", INSIDE_ADDRESS(inside_after), INSIDE_ADDRESS(inside_plainly));
    if (trusted)
        PyModule_AddObject(made, "TRUSTED", trusted);
    if (made)
        PyModule_AddIntConstant(made, "READY", (long)INSIDE_ADDRESS(inside_ready));
    if (!type || PyModule_AddObject(made, "Capture", type) < 0) {
        Py_XDECREF(type);
        Py_XDECREF(made);
        return NULL;
    }
    return made;
}
