/* Records one after the other, as every consumer gets them: where they come from is known here alone. */

struct batch {
    Capture *c;
    struct ring *ring;
    size_t at, head; /* what was there when it was begun; the producer adds more meanwhile */
};

static void batch_look(struct batch *b, Capture *c)
{
    struct ring *r = &c->ring;
    pthread_mutex_lock(&r->lock);
    *b = (struct batch){c, r, r->tail, r->head};
    pthread_mutex_unlock(&r->lock);
}

/* The next record of the ring; NULL: that was all. */
static const struct record *ring_next(struct batch *b)
{
    const struct record *record = (const struct record *)(b->ring->data + b->at);
    if (b->at != b->head && record->kind == WRAP) {
        b->at = 0;
        record = (const struct record *)b->ring->data;
    }
    return b->at != b->head ? record : NULL;
}

/* The next record, which stays the next one until it is passed; NULL: that was all. */
static const struct record *record_next(struct batch *b)
{
    const struct record *record = ring_next(b);
    return b->c->inside ? merge_next(b->c, b->c->inside->merge, record) : record;
}

static void record_pass(struct batch *b, const struct record *record)
{
    if (!b->c->inside)
        b->at += record->size;
    else if (merge_pass(b->c->inside->merge))
        b->at += ring_next(b)->size;
}

/* Wait for records of the ring or of areas. */
static int batch_begin_merged(struct batch *b, Capture *c)
{
    struct inside *i = c->inside;
    struct merge *m = i->merge;
    if (!m->idle && !c->ring.finished)
        rest(AREA_GATHER_NS);
    for (;;) {
        clock_set(&m->clock);
        m->horizon = now();
        pthread_mutex_lock(&c->ring.lock);
        int finished = c->ring.finished;
        ring_open_pending(&c->ring, finished ? INT64_MAX : m->horizon - PENDING_AGE_NS);
        pthread_mutex_unlock(&c->ring.lock);
        batch_look(b, c);
        merge_begin(i);
        if (record_next(b)) {
            m->idle = 0;
            return 1;
        }
        merge_end(i);
        if (finished)
            return 0;
        m->idle = m->idle ? m->idle < AREA_IDLE_NS ? 2 * m->idle : AREA_IDLE_NS : 50000;
        rest(m->idle);
    }
}

/* Wait for records. 1: there are some; 0: the end. Called without the GIL. */
static int batch_begin(struct batch *b, Capture *c)
{
    if (c->inside)
        return batch_begin_merged(b, c);
    int some = ring_wait(&c->ring);
    batch_look(b, c);
    return some;
}

/* The producers may use the room of what was passed. */
static void batch_end(struct batch *b)
{
    struct ring *r = b->ring;
    if (b->c->inside)
        merge_end(b->c->inside);
    pthread_mutex_lock(&r->lock);
    r->tail = b->at;
    if (r->producer_waits)
        pthread_cond_signal(&r->drained);
    pthread_mutex_unlock(&r->lock);
}
