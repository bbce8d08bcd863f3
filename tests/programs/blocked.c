/* Threads that wait: blocked KIND. Each ends by an alarm if nobody ends it before. */
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER, second = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t both;

/* The other thread of a deadlock: the locks in the other order. */
static void *crossing(void *unused)
{
    pthread_mutex_lock(&second);
    pthread_barrier_wait(&both);
    pthread_mutex_lock(&first);
    return 0;
}

static void *sleeping(void *unused)
{
    pthread_mutex_lock(&first);
    pthread_barrier_wait(&both);
    sleep(60);
    return 0;
}

static void *ending(void *unused)
{
    pthread_mutex_lock(&first);
    return 0;
}

static void *waiting(void *unused)
{
    pthread_mutex_lock(&first);
    pthread_cond_wait(&never, &first);
    return 0;
}

static pthread_t with(void *(*other)(void *))
{
    pthread_t thread;
    pthread_create(&thread, 0, other, 0);
    return thread;
}

static void robust(int protocol, int robustness)
{
    pthread_mutexattr_t how;
    pthread_mutexattr_init(&how);
    pthread_mutexattr_setprotocol(&how, protocol);
    pthread_mutexattr_setrobust(&how, robustness);
    pthread_mutex_init(&first, &how);
}

int main(int argc, char **argv)
{
    const char *kind = argc > 1 ? argv[1] : "";
    alarm(60);
    pthread_barrier_init(&both, 0, 2);
    if (!strcmp(kind, "cross")) {
        with(crossing);
        pthread_mutex_lock(&first);
        pthread_barrier_wait(&both);
        pthread_mutex_lock(&second);
    } else if (!strcmp(kind, "held") || !strcmp(kind, "inheriting") || !strcmp(kind, "robust")) {
        robust(kind[0] == 'i' ? PTHREAD_PRIO_INHERIT : PTHREAD_PRIO_NONE,
               kind[0] == 'r' ? PTHREAD_MUTEX_ROBUST : PTHREAD_MUTEX_STALLED);
        with(sleeping);
        pthread_barrier_wait(&both);
        pthread_mutex_lock(&first);
    } else if (!strcmp(kind, "own")) {
        pthread_mutex_lock(&first);
        pthread_mutex_lock(&first);
    } else if (!strcmp(kind, "gone")) {
        pthread_join(with(ending), 0);
        pthread_mutex_lock(&first);
    } else if (!strcmp(kind, "join")) {
        pthread_t thread = with(sleeping);
        pthread_barrier_wait(&both);
        pthread_join(thread, 0);
    } else if (!strcmp(kind, "lost")) { /* a condition that nobody will signal */
        pthread_join(with(waiting), 0);
    } else if (!strcmp(kind, "semaphore")) {
        sem_t semaphore;
        sem_init(&semaphore, 0, 0);
        sem_wait(&semaphore);
    } else if (!strcmp(kind, "processes")) { /* a mutex between two processes */
        pthread_mutex_t *mutex = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        pthread_mutexattr_t how;
        pthread_mutexattr_init(&how);
        pthread_mutexattr_setpshared(&how, PTHREAD_PROCESS_SHARED);
        pthread_mutex_init(mutex, &how);
        pthread_mutex_lock(mutex);
        if (fork() == 0) {
            alarm(60);
            pthread_mutex_lock(mutex);
            _exit(0);
        }
        waitpid(-1, 0, 0);
    } else if (!strcmp(kind, "vfork")) {
        if (vfork() == 0) {
            sleep(3);
            _exit(0);
        }
    }
    return 0;
}
