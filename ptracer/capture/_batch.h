/* Records one after the other, as every consumer gets them: where they come from is known here alone. */

struct batch {
    struct ring *ring;
    size_t at, head; /* what was there when it was begun; the producer adds more meanwhile */
};

static void batch_look(struct batch *b, struct ring *r)
{
    pthread_mutex_lock(&r->lock);
    *b = (struct batch){r, r->tail, r->head};
    pthread_mutex_unlock(&r->lock);
}

/* Wait for records. 1: there are some; 0: the end. Called without the GIL. */
static int batch_begin(struct batch *b, Capture *c)
{
    int some = ring_wait(&c->ring);
    batch_look(b, &c->ring);
    return some;
}

/* The next record, which stays the next one until it is passed; NULL: that was all. */
static const struct record *record_next(struct batch *b)
{
    const struct record *record = (const struct record *)(b->ring->data + b->at);
    if (b->at != b->head && record->kind == WRAP) {
        b->at = 0;
        record = (const struct record *)b->ring->data;
    }
    return b->at != b->head ? record : NULL;
}

static void record_pass(struct batch *b, const struct record *record)
{
    b->at += record->size;
}

/* The producer may use the room of what was passed. */
static void batch_end(struct batch *b)
{
    struct ring *r = b->ring;
    pthread_mutex_lock(&r->lock);
    r->tail = b->at;
    if (r->producer_waits)
        pthread_cond_signal(&r->drained);
    pthread_mutex_unlock(&r->lock);
}
