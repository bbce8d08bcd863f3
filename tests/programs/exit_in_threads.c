/* exit_in_threads: the leader ends the program with status 5 while four threads are blocked in calls. */
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static int ends[2];
static pthread_mutex_t locked = PTHREAD_MUTEX_INITIALIZER;

static void *reads(void *unused)
{
    char byte;
    read(ends[0], &byte, 1);
    return NULL;
}

static void *sleeps(void *unused)
{
    nanosleep(&(struct timespec){1000, 0}, NULL);
    return NULL;
}

static void *locks(void *unused)
{
    pthread_mutex_lock(&locked);
    return NULL;
}

static void *polls(void *unused)
{
    struct pollfd one = {.fd = ends[0], .events = POLLIN};
    poll(&one, 1, -1);
    return NULL;
}

int main(void)
{
    void *(*bodies[])(void *) = {reads, sleeps, locks, polls};
    pthread_t thread;

    pipe(ends);
    pthread_mutex_lock(&locked);
    for (int i = 0; i < 4; i++)
        pthread_create(&thread, NULL, bodies[i], NULL);
    nanosleep(&(struct timespec){0, 100000000}, NULL);
    _exit(5);
}
