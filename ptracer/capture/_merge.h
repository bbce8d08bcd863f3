/* Records of the ring and of the areas of threads, merged by time.
 *
 * A batch looks at the clock, then at the ring, then at the areas: what is in an area and older than that is shown only when
 * nothing in the ring can be older. A call is one record if nothing else happened between its entry and its exit. */

#define AREA_IDLE_NS 4000000 /* how long the consumer sleeps at most while nothing comes */
#define AREA_GATHER_NS 300000 /* and while records come, for a batch costs, however small it is */

enum part { WHOLE, FIRST, SECOND };

/* Nanoseconds of CLOCK_MONOTONIC and the time stamp counter. */
struct clock {
    int64_t first, latest; /* nanoseconds */
    uint64_t first_count, latest_count;
    double each; /* nanoseconds a count */
};

struct merge {
    struct clock clock;
    struct source *from; /* of the next record; NULL: the ring */
    enum part part;
    int ring_halfway; /* of the next record in the ring the entry has been handed over */
    int64_t horizon;
    long idle;
    struct sources sources;
    char *record; /* the next one, made */
};

static void clock_read(int64_t *when, uint64_t *count)
{
    uint64_t before, after, best = UINT64_MAX;
    for (int i = 0; i < 5; i++) {
        before = inside_time();
        int64_t read = now();
        after = inside_time();
        if (after - before < best) {
            best = after - before;
            *when = read;
            *count = before + (after - before) / 2;
        }
    }
}

static void clock_set(struct clock *k)
{
    int64_t when = 0;
    uint64_t count = 0;
    if (!k->first) {
        clock_read(&k->first, &k->first_count);
        rest(1000000);
    } else if (now() - k->latest < 20000000)
        return;
    clock_read(&when, &count);
    k->latest = when;
    k->latest_count = count;
    k->each = (double)(when - k->first) / (double)(count - k->first_count);
}

static int64_t clock_time(const struct clock *k, uint64_t count)
{
    return k->latest + (int64_t)((double)(int64_t)(count - k->latest_count) * k->each);
}

static struct record *area_record(const struct source *s, uint64_t at)
{
    return (struct record *)((char *)s->area + 0x1000 + (at & (AREA_RING - 1)));
}

/* What comes next in an area: its time, and whether it is an open call; 0: nothing. */
static int64_t area_next(struct merge *m, struct source *s, int *open)
{
    struct area *a = s->area;
    *open = 0;
    for (;;) {
        uint64_t head = __atomic_load_n(&a->head, __ATOMIC_ACQUIRE), place = s->tail & (AREA_RING - 1);
        const struct record *r = area_record(s, s->tail);
        if (s->tail == head) {
            if (s->halfway || __atomic_load_n(&a->open, __ATOMIC_ACQUIRE) != head + 1 || place + MOST_INSIDE > AREA_RING)
                return 0;
            *open = 1;
        } else if (head - s->tail > AREA_RING)
            return s->tail = head, 0; /* the program has written there */
        else if (!r->size) {
            s->tail += AREA_RING - place;
            continue;
        } else if (r->size < sizeof *r || r->size > MOST_INSIDE || r->size % 8 || place + r->size > AREA_RING)
            return s->tail = head, 0;
        int64_t time = clock_time(&m->clock, s->halfway ? (uint64_t)r->end : (uint64_t)r->start);
        return time > 0 && time < m->horizon ? time : 0;
    }
}

static int64_t ring_time(const struct merge *m, const struct record *r)
{
    return r->kind == EXIT || m->ring_halfway ? r->end : r->start;
}

/* Whether the chunks of a copied record lie in it; where those of the exit begin. */
static int chunks_fit(const struct record *r, size_t *exit)
{
    size_t at = sizeof *r, count = (size_t)r->entry_chunks + r->exit_chunks;
    if (count > MOST_CHUNKS)
        return 0;
    for (size_t i = 0; i <= count; i++) {
        if (i == r->entry_chunks)
            *exit = at;
        if (i == count)
            break;
        const struct chunk *chunk = (const struct chunk *)((const char *)r + at);
        if (at + sizeof *chunk > r->size || chunk->size > r->size || (at += sizeof *chunk + padded(chunk->size)) > r->size)
            return 0;
    }
    return 1;
}

/* The part of a record that was copied, as a record of its own. */
static const struct record *part_of(struct record *r, enum part part)
{
    size_t exit = r->size;
    if (!chunks_fit(r, &exit))
        r->entry_chunks = r->exit_chunks = 0;
    if (part == FIRST) {
        r->kind = ENTRY;
        r->exit_chunks = 0;
        r->failed = 0;
    } else if (part == SECOND) {
        r->kind = EXIT;
        if (r->exit_chunks)
            memmove(r + 1, (char *)r + exit, r->size - exit);
        r->entry_chunks = 0;
    } else
        r->kind = CALL;
    return r;
}

static const struct record *area_part(Capture *c, struct merge *m, const struct source *s, int open)
{
    const struct record *r = area_record(s, s->tail);
    uint32_t size = r->size;
    if (size < sizeof *r || size > MOST_INSIDE || (s->tail & (AREA_RING - 1)) + size > AREA_RING)
        size = sizeof *r;
    struct record *made = (struct record *)m->record;
    memcpy(made, r, size);
    made->size = size;
    if (open)
        made->exit_chunks = 0;
    made->tid = s->tid;
    made->arch = NATIVE;
    made->start = clock_time(&m->clock, made->start);
    made->end = clock_time(&m->clock, made->end);
    made->cpu = c->cpu_time ? made->end - made->start : 0;
    made->object = NULL;
    return part_of(made, m->part);
}

static const struct record *ring_part(struct merge *m, const struct record *r)
{
    if (r->kind != CALL || m->part == WHOLE)
        return r;
    if (r->size > MOST_OF_RECORD * 2)
        return r; /* there is none */
    memcpy(m->record, r, r->size);
    return part_of((struct record *)m->record, m->part);
}

/* The next record of all, which stays the next one until it is passed. `ring` is that of the ring, or NULL. */
static const struct record *merge_next(Capture *c, struct merge *m, const struct record *ring)
{
    const struct sources *sources = &m->sources;
    int64_t least = ring ? ring_time(m, ring) : INT64_MAX, second = INT64_MAX;
    int opens = 0;
    m->from = NULL;
    for (size_t n = 0; n < sources->count; n++) {
        int open;
        int64_t time = area_next(m, sources->items[n], &open);
        if (!time)
            continue;
        if (time < least) {
            second = least;
            least = time;
            m->from = sources->items[n];
            opens = open;
        } else if (time < second)
            second = time;
    }
    if (!m->from) {
        if (!ring)
            return NULL;
        m->part = ring->kind != CALL ? WHOLE : m->ring_halfway ? SECOND : second < ring->end ? FIRST : WHOLE;
        return ring_part(m, ring);
    }
    const struct record *r = area_record(m->from, m->from->tail);
    if (opens) {
        /* It may end in a moment; if nothing else has happened it is one record then. */
        if (second == INT64_MAX && !m->from->ended && m->horizon - least < PENDING_AGE_NS)
            return NULL;
        m->part = FIRST;
    } else
        m->part = m->from->halfway ? SECOND : second < clock_time(&m->clock, r->end) ? FIRST : WHOLE;
    return area_part(c, m, m->from, opens);
}

/* The thread may use the room of what was taken. */
static void source_give_back(const struct source *s)
{
    struct area *a = s->area;
    if (a->tail == s->tail)
        return;
    __atomic_store_n(&a->tail, s->tail, __ATOMIC_SEQ_CST);
    if (a->waits) {
        a->waits = 0;
        syscall(SYS_futex, &a->tail, 1 /* FUTEX_WAKE */, 1, NULL, NULL, 0);
    }
}

/* 1: a record of the ring was passed whole. */
static int merge_pass(struct merge *m)
{
    struct source *s = m->from;
    if (!s) {
        m->ring_halfway = m->part == FIRST;
        return m->part != FIRST;
    }
    if (m->part != FIRST)
        s->tail += area_record(s, s->tail)->size;
    s->halfway = m->part == FIRST;
    if (s->tail - s->area->tail > AREA_RING / 4)
        source_give_back(s);
    return 0;
}

/* Of the source nothing is left. */
static void source_end(struct inside *i, struct source *s)
{
    pthread_mutex_lock(&i->lock);
    s->region->taken[((char *)s->area - s->region->map - PLANS_SIZE) / AREA_SIZE] = 0;
    region_release(s->region);
    pthread_mutex_unlock(&i->lock);
    free(s);
}

static int source_is_empty(const struct source *s)
{
    const struct area *a = s->area;
    return s->ended && a->head == s->tail && (a->open != a->head + 1 || s->halfway);
}

/* Threads may use the room of what was passed. Those that have ended are forgotten when nothing is left of them. */
static void merge_end(struct inside *i)
{
    struct sources *sources = &i->merge->sources;
    for (size_t n = sources->count; n-- > 0;) {
        struct source *s = sources->items[n];
        source_give_back(s);
        if (source_is_empty(s)) {
            source_end(i, s);
            sources->items[n] = sources->items[--sources->count];
        }
    }
}

/* Take over the sources that the tracer has added. */
static void merge_begin(struct inside *i)
{
    pthread_mutex_lock(&i->lock);
    size_t taken = 0;
    while (taken < i->added.count && source_add(&i->merge->sources, i->added.items[taken]))
        taken++;
    i->added.count -= taken;
    memmove(i->added.items, i->added.items + taken, i->added.count * sizeof *i->added.items);
    pthread_mutex_unlock(&i->lock);
}

static void inside_free(Capture *c)
{
    struct inside *i = c->inside;
    if (!i)
        return;
    for (int bucket = 0; bucket < BUCKETS; bucket++)
        for (struct thread *t = c->threads[bucket]; t; t = t->next)
            inside_drop(c, t);
    merge_begin(i);
    for (size_t n = 0; n < i->merge->sources.count; n++)
        source_end(i, i->merge->sources.items[n]);
    free(i->merge->sources.items);
    free(i->merge->record);
    free(i->merge);
    free(i->added.items);
    pthread_mutex_destroy(&i->lock);
    free(i);
}
