// A thread closes its descriptor twice: the second time it is that of another thread.
// finds: descriptor.stolen
// says: which had closed its own descriptor
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

static pthread_barrier_t step;

static void *other(void *nothing)
{
    pthread_barrier_wait(&step);
    int file = open("/dev/null", O_WRONLY | O_CLOEXEC);
    pthread_barrier_wait(&step);
    pthread_barrier_wait(&step);
    write(file, "x", 1);
    return nothing;
}

int main(void)
{
    pthread_t thread;
    pthread_barrier_init(&step, NULL, 2);
    pthread_create(&thread, NULL, other, NULL);
    int file = open("/dev/zero", O_RDONLY | O_CLOEXEC);
    close(file);
    pthread_barrier_wait(&step);
    pthread_barrier_wait(&step);
    close(file);
    pthread_barrier_wait(&step);
    pthread_join(thread, NULL);
    return 0;
}
