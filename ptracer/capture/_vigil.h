/* A thread that keeps a processor awake while stops come thick.
 *
 * At every stop the tracee's processor has nothing to do, and at every restart the tracer's. On a quiet machine, a
 * virtual one above all, it takes ten times as long to wake an idle processor as to answer a stop. A thread of the
 * policy SCHED_IDLE (sched(7)) gives way to everything else at once, and as long as it runs no processor falls asleep.
 * It rests when no stop comes, and when something else wants the processors: then none of them sleeps anyway. */

#include <sched.h>
#include <signal.h>

#define VIGIL_PATIENCE 300000 /* nanoseconds without a stop until it rests */
#define VIGIL_PREEMPTED 1000000 /* nanoseconds from which on a gap means that something else ran */
#define VIGIL_PERIOD 40000000 /* nanoseconds after which it asks whether it had half of them */
#define VIGIL_STOPS 32 /* the stops that call it, after a rest that it chose */
#define VIGIL_STOPS_MOST (1u << 20)

struct vigil {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t called;
    uint32_t stops, wanted; /* how many were seen, and with how many it goes on */
    uint8_t state; /* of the thread */
    int resting, ended;
    pid_t process; /* that has the thread: a child that is forked has none */
};

enum { VIGIL_NONE, VIGIL_KEPT, VIGIL_IMPOSSIBLE };

static void relax(void)
{
    for (int i = 0; i < 32; i++) {
#if defined __x86_64__ || defined __i386__
        __builtin_ia32_pause();
#else
        __atomic_signal_fence(__ATOMIC_SEQ_CST);
#endif
    }
}

/* Keep awake. True: until no stop came; false: for the processors had other work half of the time. */
static int vigil_keep(struct vigil *v)
{
    uint32_t seen = __atomic_load_n(&v->stops, __ATOMIC_RELAXED);
    int64_t last = now(), latest_stop = last, begin = last, lost = 0;
    while (!__atomic_load_n(&v->ended, __ATOMIC_RELAXED)) {
        relax();
        int64_t time = now();
        uint32_t stops = __atomic_load_n(&v->stops, __ATOMIC_RELAXED);
        if (time - last > VIGIL_PREEMPTED)
            lost += time - last;
        last = time;
        if (stops != seen)
            latest_stop = time;
        else if (time - latest_stop > VIGIL_PATIENCE)
            return 1;
        seen = stops;
        if (time - begin > VIGIL_PERIOD) {
            if (lost > VIGIL_PERIOD / 2)
                return 0;
            begin = time;
            lost = 0;
        }
    }
    return 1;
}

static void *vigil_run(void *given)
{
    struct vigil *v = given;
    struct sched_param none = {0};
    uint32_t stops = VIGIL_STOPS;
    if (sched_setscheduler(0, SCHED_IDLE, &none) < 0)
        return NULL; /* it would take time from others */
    for (;;) {
        if (vigil_keep(v))
            stops = VIGIL_STOPS;
        else if (stops < VIGIL_STOPS_MOST)
            stops *= 2;
        pthread_mutex_lock(&v->lock);
        v->wanted = v->stops + stops;
        __atomic_store_n(&v->resting, 1, __ATOMIC_RELEASE);
        while (v->resting && !v->ended)
            pthread_cond_wait(&v->called, &v->lock);
        pthread_mutex_unlock(&v->lock);
        if (v->ended)
            return NULL;
    }
}

static void vigil_begin(struct vigil *v)
{
    cpu_set_t allowed;
    v->state = VIGIL_IMPOSSIBLE;
    v->process = getpid();
    if (sched_getaffinity(0, sizeof allowed, &allowed) < 0 || CPU_COUNT(&allowed) < 2)
        return; /* the one processor has work at every moment */
    pthread_mutex_init(&v->lock, NULL);
    pthread_cond_init(&v->called, NULL);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* a signal must interrupt the thread that waits for stops */
    if (!pthread_create(&v->thread, NULL, vigil_run, v))
        v->state = VIGIL_KEPT;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* A stop was seen. */
static void vigil_note(struct vigil *v)
{
    uint32_t stops = v->stops + 1;
    __atomic_store_n(&v->stops, stops, __ATOMIC_RELAXED);
    if (v->state == VIGIL_NONE && stops >= VIGIL_STOPS)
        vigil_begin(v);
    if (!__atomic_load_n(&v->resting, __ATOMIC_ACQUIRE) || (int32_t)(stops - v->wanted) < 0)
        return;
    pthread_mutex_lock(&v->lock);
    v->resting = 0;
    pthread_cond_signal(&v->called);
    pthread_mutex_unlock(&v->lock);
}

static void vigil_end(struct vigil *v)
{
    if (v->state != VIGIL_KEPT || v->process != getpid())
        return;
    pthread_mutex_lock(&v->lock);
    __atomic_store_n(&v->ended, 1, __ATOMIC_RELAXED);
    pthread_cond_signal(&v->called);
    pthread_mutex_unlock(&v->lock);
    pthread_join(v->thread, NULL);
    v->state = VIGIL_NONE;
}
