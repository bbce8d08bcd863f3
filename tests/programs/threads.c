/* threads T N: T threads at once make N getppid and N write calls each; prints how many calls succeeded. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static long count;
static int null;

static void *work(void *unused)
{
    long done = 0;

    for (long i = 0; i < count; i++) {
        done += syscall(SYS_getppid) > 0;
        done += write(null, "x", 1) == 1;
    }
    return (void *)done;
}

int main(int argc, char **argv)
{
    int threads = argc > 1 ? atoi(argv[1]) : 4;
    pthread_t thread[threads];
    long total = 0;

    count = argc > 2 ? atol(argv[2]) : 50;
    null = open("/dev/null", O_WRONLY);
    for (int i = 0; i < threads; i++)
        if (pthread_create(&thread[i], NULL, work, NULL))
            return 1;
    for (int i = 0; i < threads; i++) {
        void *done;
        pthread_join(thread[i], &done);
        total += (long)done;
    }
    printf("%ld calls\n", total);
    return total != 2 * threads * count;
}
