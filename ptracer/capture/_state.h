/* What the C loop keeps: plans, threads, and the capture itself. */

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
    unsigned id; /* how many were made before it */
    uint8_t unwanted, live_entry, live_exit, exit_on_error, asks;
    uint64_t live_errors[2]; /* bit N of the 128: a failure with errno N is handed to Python */
    struct steps entry, exit;
};

struct thread {
    struct thread *next;
    pid_t tid;
    uint8_t in_call, recorded;
    uint32_t arch;
    uint64_t number, args[VALUES];
    const struct plan *plan;
    int64_t cpu_at_entry;
    uint64_t hidden_until; /* no record before the call with this number; 0: none is hidden */
    uint8_t on_trial; /* in that call: if it fails the rest is hidden too */
    /* Where calls are recorded inside the tracee, see _inside.h: */
    uint8_t fresh;  /* it has become another program, and has not made a call since */
    uint8_t enters; /* at its next stop its gs gets that base */
    uint8_t thorough; /* no filter says when it stops */
    uint8_t moved;  /* it is to make the call again at which it stopped */
    uint64_t base;
    struct space *space;
    struct region *region;
    struct source *source; /* NULL: all its calls stop */
};

struct stop { /* what was reported; `cpu` is the process's system CPU time so far */
    pid_t tid;
    int status;
    int unnoticed; /* we have only looked at it */
    int64_t cpu;
};

#define NO_NUMBER (1ull << 40) /* of a call that never comes */
#define BUCKETS 4096 /* of threads and of plans, each a chain */

typedef struct {
    PyObject_HEAD
    struct ring ring;
    struct vigil vigil;
    struct thread *threads[BUCKETS];
    struct plan *plans[BUCKETS];
    int thread_count;
    int filtered, cpu_time, detaching, punctual;
    int told; /* that records have been dropped */
    struct buffer scratch;
    int interrupt_noted; /* by any thread */
    int64_t cpu; /* of the process that stopped last */
    struct inside *inside; /* NULL: all calls stop */
    unsigned plan_count;
    int64_t live_time; /* of the stop that is handed to Python */
    struct stop *collected; /* stops that wait for their turn */
    size_t collected_room, collected_count, next_collected;
    struct thread *replay; /* its entry waits for a plan */
    struct syscall_info replay_info;
    struct chosen chosen; /* of the consumer, as all that follows */
    struct table open, sums;
    struct buffer packed;
} Capture;

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

/* A stop that is to be reported later. */
static void collected_add(Capture *c, struct stop stop)
{
    if (collected_reserve(c))
        c->collected[c->collected_count++] = stop;
}
