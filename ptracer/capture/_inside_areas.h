/* Regions, their areas and who has them, and the plans in them: what ptracer keeps of the memory that it shares with tracees. */

#include <linux/kcmp.h>

enum { NOBODY }; /* the area of threads whose calls all stop */
#define AREA_OFFSET(n) (PLANS_SIZE + (n) * AREA_SIZE)

/* A region, as ptracer has mapped it. */
struct region {
    int references; /* of threads, and of areas that have not been emptied */
    char *map;
    uint8_t taken[AREAS];
    uint8_t published[512]; /* bits: plans by their number */
};

/* An area of which records are taken: the decoding thread's, but for what is said of it. */
struct source {
    struct region *region;
    struct area *area;
    int32_t tid;
    int ended;    /* the tracer's word: nothing more will come */
    int halfway;  /* of its next record the entry has been handed over */
    uint64_t tail;
};

struct sources {
    struct source **items;
    size_t count, room;
};

struct inside {
    pthread_mutex_t lock; /* of what follows, of regions and of which of their areas are taken; held for moments only */
    struct sources added; /* since the decoding thread has looked */
    struct merge *merge;  /* the decoding thread's */
    uint8_t traits[NUMBERS]; /* of calls, by number: a set of KEEPS_OUT and the others */
    int filters; /* of seccomp, that a program has where it has none of its own */
};

#define INSIDE_ADDRESS(label) (BLOCK + (uint64_t)((label) - __start_inside))

static void region_release(struct region *r)
{
    if (--r->references)
        return;
    munmap(r->map, REGION_SIZE);
    free(r);
}

static struct area *area_of(const struct region *r, unsigned n)
{
    return (struct area *)(r->map + AREA_OFFSET(n));
}

static void area_clear(struct region *r, unsigned n, pid_t tid, uint32_t mode)
{
    struct area *a = area_of(r, n);
    memset(a, 0, sizeof *a);
    a->self = REGION + AREA_OFFSET(n);
    a->tid = tid;
    a->mode = mode;
}

static int source_add(struct sources *s, struct source *source)
{
    if (s->count == s->room) {
        size_t room = s->room ? 2 * s->room : 16;
        struct source **items = realloc(s->items, room * sizeof *items);
        if (!items)
            return 0;
        s->items = items;
        s->room = room;
    }
    s->items[s->count++] = source;
    return 1;
}

static struct source *source_make(struct inside *i, struct thread *t)
{
    struct region *r = t->region;
    unsigned n = NOBODY + 1;
    while (n < AREAS && r->taken[n])
        n++;
    struct source *source = n < AREAS ? calloc(1, sizeof *source) : NULL;
    if (!source || !source_add(&i->added, source)) {
        free(source);
        return NULL;
    }
    area_clear(r, n, t->tid, t->hidden_until ? PASSES : RECORDS);
    r->taken[n] = 1;
    r->references++;
    *source = (struct source){.region = r, .area = area_of(r, n), .tid = t->tid};
    return source;
}

/* An area for a thread in a region that it has not yet. Where there is none left, or nothing is known of the thread's code,
 * it has the area of nobody. */
static void area_take(struct inside *i, struct thread *t)
{
    pthread_mutex_lock(&i->lock);
    t->source = t->space ? source_make(i, t) : NULL;
    t->base = REGION + (t->source ? (uint64_t)((char *)t->source->area - t->region->map) : AREA_OFFSET(NOBODY));
    t->enters = 1;
    pthread_mutex_unlock(&i->lock);
}

/* The thread has no memory any more, or another one. */
static void inside_drop(Capture *c, struct thread *t)
{
    struct inside *i = c->inside;
    if (!i || !t || !t->region)
        return;
    pthread_mutex_lock(&i->lock);
    if (t->source)
        t->source->ended = 1;
    t->source = NULL;
    region_release(t->region);
    t->region = NULL;
    pthread_mutex_unlock(&i->lock);
    space_release(t->space);
    t->space = NULL;
    t->enters = 0;
}

/* A new thread has the memory of its parent, or a copy of it. */
static void inside_inherit(Capture *c, struct thread *t, const struct thread *parent)
{
    if (c->inside && parent)
        t->thorough = parent->thorough;
    if (!c->inside || !parent || !parent->region || t->region || t == parent || (parent->space && parent->space->closed))
        return;
    long apart = syscall(SYS_kcmp, parent->tid, t->tid, KCMP_VM, 0, 0);
    if (apart == 0 && parent->space) {
        t->space = parent->space;
        t->space->references++;
    } else if (apart > 0 && parent->space)
        t->space = space_copy(parent->space); /* or none: then everything stops */
    pthread_mutex_lock(&c->inside->lock);
    t->region = parent->region;
    t->region->references++;
    pthread_mutex_unlock(&c->inside->lock);
    area_take(c->inside, t);
}

/* --- plans */

/* Whether the block can run steps; `most` grows by what they may copy, and `varies` if that depends on arguments. */
static int runs_inside(const struct steps *steps, uint64_t *most, int *varies)
{
    for (unsigned n = 0; n < steps->count; n++) {
        const struct step *s = &steps->step[n];
        if (s->operation != STRING && s->operation != BYTES && s->operation != IOVEC && s->operation != SOCKET)
            return 0;
        uint64_t size = s->limit;
        if (s->operation == BYTES && s->length_kind == CONSTANT && !__builtin_mul_overflow(s->length_argument, s->scale, &size) && size > s->limit)
            size = s->limit;
        *varies |= s->operation == IOVEC || s->operation == SOCKET;
        *most += (size < MOST_INSIDE ? size : MOST_INSIDE) + 2 * (sizeof(struct chunk) + 8);
    }
    return 1;
}

static int verdict_of(const struct inside *i, const struct plan *p, int *varies)
{
    uint64_t most = sizeof(struct record) + 64;
    if (i->traits[p->number] & KEEPS_OUT)
        return STOPS;
    if (p->unwanted)
        return PASSES;
    if (p->live_entry || p->live_exit || p->asks || p->live_errors[0] || p->live_errors[1] || !runs_inside(&p->entry, &most, varies) ||
        !runs_inside(&p->exit, &most, varies))
        return STOPS;
    *varies |= most > MOST_INSIDE;
    return RECORDS;
}

/* Put a plan where the threads of a region find it. */
static void plan_publish(Capture *c, struct region *r, const struct plan *p)
{
    if (p->arch != NATIVE || p->number >= NUMBERS || p->id / 8 >= sizeof r->published || r->published[p->id / 8] >> p->id % 8 & 1)
        return;
    struct plans *plans = (struct plans *)r->map;
    unsigned steps = p->entry.count + p->exit.count;
    size_t at = plans->used ? plans->used : (sizeof *plans + 7) & ~(size_t)7, size = sizeof(struct inside_plan) + steps * sizeof(struct step);
    if (at + size > PLANS_SIZE)
        return;
    r->published[p->id / 8] |= 1 << p->id % 8;
    struct inside_plan *made = (struct inside_plan *)(r->map + at);
    int varies = 0, verdict = verdict_of(c->inside, p, &varies);
    *made = (struct inside_plan){plans->first[p->number], p->selector, p->mask, p->key, verdict, p->exit_on_error, c->inside->traits[p->number] & REMAPS, varies, 0, p->entry.count, p->exit.count};
    if (p->entry.count)
        memcpy(made->step, p->entry.step, p->entry.count * sizeof(struct step));
    if (p->exit.count)
        memcpy(made->step + p->entry.count, p->exit.step, p->exit.count * sizeof(struct step));
    plans->used = at + size;
    __atomic_store_n(&plans->first[p->number], at, __ATOMIC_RELEASE);
}
