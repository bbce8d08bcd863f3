/* Checks itself: steady SECONDS. Threads queue signals to their process, start threads and processes, stop and continue
   these, read and write pipes and sleep; SIGTERM ends it before its time; at the end every signal must have come exactly once, with its value, every child must have ended as it
   should, and no read or write may have been short. Prints "steady" and exits with 0, or says what is wrong. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 4, SIGNALS = 3, MOST_QUEUED = 200 };

static atomic_long sent[SIGNALS], sent_sum[SIGNALS], came[SIGNALS], came_sum[SIGNALS], wrong;
static volatile double end;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void fail(const char *what, long value)
{
    char text[200];
    int length = snprintf(text, sizeof text, "not steady: %s %ld (%s)\n", what, value, strerror(errno));
    write(1, text, length);
    wrong++;
}

static void on_signal(int number, siginfo_t *info, void *context)
{
    int saved = errno;
    int which = number - SIGRTMIN;
    if (info->si_code != SI_QUEUE || info->si_pid != getpid())
        wrong++;
    came[which]++;
    came_sum[which] += info->si_value.sival_int;
    errno = saved;
}

static void on_term(int number)
{
    end = 0;
}

static void queue(unsigned *seed)
{
    int which = rand_r(seed) % SIGNALS;
    long waiting = 0;
    for (int i = 0; i < SIGNALS; i++)
        waiting += sent[i] - came[i];
    if (waiting > MOST_QUEUED)
        return;
    union sigval value = {.sival_int = rand_r(seed) % 1000};
    sent[which]++;
    sent_sum[which] += value.sival_int;
    if (sigqueue(getpid(), SIGRTMIN + which, value) < 0) {
        sent[which]--;
        sent_sum[which] -= value.sival_int;
        if (errno != EAGAIN)
            fail("sigqueue", which);
    }
}

static void nap(long nanoseconds)
{
    struct timespec left = {0, nanoseconds};
    while (nanosleep(&left, &left) < 0)
        if (errno != EINTR)
            fail("nanosleep", errno);
}

static void child(unsigned *seed)
{
    int status, code = rand_r(seed) % 100, stops = rand_r(seed) % 4 == 0;
    pid_t pid = fork();
    if (pid == 0) {
        if (stops)
            raise(SIGSTOP);
        nap(100000);
        _exit(code);
    }
    if (pid < 0)
        return;
    if (stops) {
        pid_t got;
        while ((got = waitpid(pid, &status, WUNTRACED)) < 0 && errno == EINTR)
            ;
        if (got != pid || !WIFSTOPPED(status) || WSTOPSIG(status) != SIGSTOP)
            fail("a child that did not stop", status);
        kill(pid, SIGCONT);
    }
    pid_t got;
    while ((got = waitpid(pid, &status, 0)) < 0 && errno == EINTR)
        ;
    if (got != pid || !WIFEXITED(status) || WEXITSTATUS(status) != code)
        fail("a child that ended otherwise", status);
}

static void exchange(int pipe[2])
{
    char data[64], back[64];
    memset(data, 'x', sizeof data);
    ssize_t size;
    while ((size = write(pipe[1], data, sizeof data)) < 0 && errno == EINTR)
        ;
    if (size != sizeof data)
        fail("write", size);
    while ((size = read(pipe[0], back, sizeof back)) < 0 && errno == EINTR)
        ;
    if (size != sizeof back || memcmp(data, back, sizeof data))
        fail("read", size);
}

static void *exchange_once(void *pipe)
{
    exchange(pipe);
    return pipe;
}

static void short_thread(int pipe[2])
{
    pthread_t thread;
    void *back;
    if (pthread_create(&thread, NULL, exchange_once, pipe))
        return;
    if (pthread_join(thread, &back) || back != pipe)
        fail("a thread that ended otherwise", 0);
}

static void *work(void *argument)
{
    unsigned seed = (long)argument * 7919 + getpid();
    int ends[2];
    if (pipe(ends) < 0)
        fail("pipe", 0);
    while (now() < end) {
        for (int i = 0; i < 20; i++) {
            queue(&seed);
            exchange(ends);
        }
        if (rand_r(&seed) % 4 == 0)
            child(&seed);
        if (rand_r(&seed) % 4 == 0)
            short_thread(ends);
        nap(rand_r(&seed) % 200000);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART};
    for (int i = 0; i < SIGNALS; i++)
        sigaction(SIGRTMIN + i, &action, NULL);
    signal(SIGTERM, on_term);
    end = now() + (argc > 1 ? atof(argv[1]) : 1);
    pthread_t threads[THREADS];
    for (long i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, work, (void *)i);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    double patience = now() + 10;
    for (int i = 0; i < SIGNALS; i++)
        while (came[i] < sent[i] && now() < patience)
            nap(1000000);
    for (int i = 0; i < SIGNALS; i++)
        if (came[i] != sent[i] || came_sum[i] != sent_sum[i])
            fail("signals lost, invented or twice", came[i] - sent[i]);
    if (!wrong)
        write(1, "steady\n", 7);
    return wrong != 0;
}
