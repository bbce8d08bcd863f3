/* A bounded ring of records between the tracer's thread (producer) and the decoding thread (consumer).
 *
 * Records are variable in size and lie contiguous. The newest entry of a system call is kept apart as
 * `pending` until it is known whether its own exit follows at once (one record) or something else does
 * (two records); the consumer may claim a pending entry that has grown old, so that a blocked call is
 * seen while it blocks. */

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#define PENDING_AGE_NS 1500000u /* an entry older than this is handed over open */
#define BATCH_DELAY_NS 1000000u /* how long the consumer lets records gather after it was woken */
#define MOST_PATIENCE 8         /* so many delays, while records keep coming */
#define PATIENCE_NS 50000000u /* how often a producer that waits for room looks whether signals came */

enum { CALL, ENTRY, EXIT, OBJECT = 254, WRAP = 255 };

#define VALUES 7 /* six arguments, and the stack pointer */

struct record {
    uint32_t size; /* with everything that follows, a multiple of 8 */
    uint8_t kind;
    uint8_t failed;
    uint16_t entry_chunks;
    uint32_t exit_chunks;
    int32_t tid;
    int64_t start, end;
    uint32_t arch;
    uint32_t padding;
    uint64_t number;
    uint64_t args[VALUES];
    uint64_t pointer;
    int64_t result;
    int64_t cpu;
    void *object; /* OBJECT: a Python tuple */
};

struct chunk {
    uint64_t address;
    uint32_t size; /* of the data, which follows, padded to 8 */
    uint32_t padding;
};

struct buffer { /* a record in the making */
    char *data;
    size_t used, room;
};

struct ring {
    char *data;
    size_t size, head, tail; /* head == tail: empty */
    struct buffer pending;
    int pending_valid;
    int consumer_waits, producer_waits, finished;
    int patience; /* of the consumer, in delays */
    int64_t limit; /* how long a producer waits for room, in nanoseconds; 0: for ever */
    int impatient, dropped; /* what finds no room is dropped; something was, and so is all that follows */
    int (*on_patience)(void); /* called by a producer that waits; 0: it must give up */
    pthread_mutex_t lock;
    pthread_cond_t filled, drained;
};

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static void rest(long nanoseconds)
{
    struct timespec t = {0, nanoseconds};
    nanosleep(&t, NULL);
}

static int buffer_reserve(struct buffer *b, size_t more)
{
    if (b->used + more <= b->room)
        return 1;
    size_t room = (b->used + more) * 2;
    char *data = realloc(b->data, room);
    if (!data)
        return 0;
    b->data = data;
    b->room = room;
    return 1;
}

static int ring_init(struct ring *r, size_t size)
{
    void *data = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(r, 0, sizeof *r);
    if (data == MAP_FAILED)
        return 0;
    r->data = data;
    r->size = size;
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->filled, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&r->drained, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return buffer_reserve(&r->pending, 1 << 16);
}

static void ring_free(struct ring *r)
{
    munmap(r->data, r->size);
    free(r->pending.data);
    pthread_mutex_destroy(&r->lock);
    pthread_cond_destroy(&r->filled);
    pthread_cond_destroy(&r->drained);
}

/* Where a record of `size` bytes can go, or NULL when the ring is full. Called with the lock held. */
static char *ring_place(struct ring *r, size_t size)
{
    if (r->head >= r->tail) {
        if (r->size - r->head > size + sizeof(uint64_t))
            return r->data + r->head;
        if (r->tail > size + sizeof(uint64_t)) {
            struct record *mark = (struct record *)(r->data + r->head);
            mark->size = 0;
            mark->kind = WRAP;
            r->head = 0;
            return r->data;
        }
        return NULL;
    }
    return r->tail - r->head > size + sizeof(uint64_t) ? r->data + r->head : NULL;
}

/* Wait until the consumer has taken something, but not for ever: then signals are looked after.
 * 0: one of them says that we must give up. */
static int ring_wait_for_room(struct ring *r)
{
    int64_t until = now() + PATIENCE_NS;
    struct timespec deadline = {until / 1000000000, until % 1000000000};
    r->producer_waits = 1;
    int outcome = pthread_cond_timedwait(&r->drained, &r->lock, &deadline);
    r->producer_waits = 0;
    if (outcome != ETIMEDOUT || !r->on_patience)
        return 1;
    pthread_mutex_unlock(&r->lock);
    int patient = r->on_patience();
    pthread_mutex_lock(&r->lock);
    return patient;
}

enum { GIVEN_UP, PUT, DROPPED };

/* Copy a record into the ring; waits while it is full. Lock held, without the GIL. */
static int ring_put(struct ring *r, const void *data, size_t size)
{
    char *place = NULL;
    int64_t began = 0;
    while (!r->dropped && !(place = ring_place(r, size))) {
        if (!began)
            began = now();
        if (r->impatient || (r->limit && now() - began > r->limit))
            r->dropped = 1;
        else if (!ring_wait_for_room(r))
            return GIVEN_UP;
    }
    if (!place)
        return DROPPED;
    memcpy(place, data, size);
    r->head += size;
    if (r->consumer_waits) {
        r->consumer_waits = 0;
        pthread_cond_signal(&r->filled);
    }
    return PUT;
}

/* Hand over the pending entry as it is: open. Lock held, without the GIL. 0: it was given up. */
static int ring_flush_pending(struct ring *r)
{
    if (!r->pending_valid)
        return 1;
    r->pending_valid = 0;
    return ring_put(r, r->pending.data, r->pending.used);
}

static size_t ring_backlog(const struct ring *r)
{
    return r->head >= r->tail ? r->head - r->tail : r->size - r->tail + r->head;
}

/* While records keep coming the consumer lets more and more of them gather: a batch costs a switch between threads
 * and cold caches, however small it is. Lock held. */
static void ring_gather(struct ring *r)
{
    if (r->head == r->tail) {
        r->patience = 1;
        return;
    }
    for (int i = 0; i < r->patience && !r->finished && ring_backlog(r) < r->size / 4; i++) {
        pthread_mutex_unlock(&r->lock);
        rest(BATCH_DELAY_NS);
        pthread_mutex_lock(&r->lock);
    }
    if (r->patience < MOST_PATIENCE)
        r->patience *= 2;
}

/* Hand over the pending entry, open, if it is older than that and there is room for it now; whether that was so. Lock held. */
static int ring_open_pending(struct ring *r, int64_t since)
{
    const struct record *entry = (const struct record *)r->pending.data;
    char *place = r->pending_valid && entry->start < since ? ring_place(r, r->pending.used) : NULL;
    if (!place)
        return 0;
    r->pending_valid = 0;
    memcpy(place, r->pending.data, r->pending.used);
    r->head += r->pending.used;
    return 1;
}

/* Wait for records. 1: there are some; 0: the end. Called without the GIL. */
static int ring_wait(struct ring *r)
{
    pthread_mutex_lock(&r->lock);
    ring_gather(r);
    for (;;) {
        if (r->head != r->tail)
            break;
        if (r->pending_valid) {
            if (ring_open_pending(r, r->finished ? INT64_MAX : now() - PENDING_AGE_NS))
                break; /* the ring is empty: there was room */
            pthread_mutex_unlock(&r->lock);
            rest(BATCH_DELAY_NS);
            pthread_mutex_lock(&r->lock);
            continue;
        }
        if (r->finished) {
            pthread_mutex_unlock(&r->lock);
            return 0;
        }
        r->consumer_waits = 1;
        pthread_cond_wait(&r->filled, &r->lock);
        r->consumer_waits = 0;
        if (!r->finished) {
            pthread_mutex_unlock(&r->lock);
            rest(BATCH_DELAY_NS);
            pthread_mutex_lock(&r->lock);
        }
    }
    pthread_mutex_unlock(&r->lock);
    return 1;
}
