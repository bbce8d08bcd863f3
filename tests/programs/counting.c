/* counting FILE THREADS PROGRAM: threads make gettid over and over and count in FILE, each at its place of 64 bytes, until another
   thread executes PROGRAM. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static volatile long *counts;
static char *program;

static void *busy(void *place)
{
    for (;;) {
        syscall(SYS_gettid);
        counts[(long)place * 8]++;
    }
    return NULL;
}

static void *executor(void *unused)
{
    usleep(30000);
    execl(program, program, (char *)NULL);
    _exit(1);
}

int main(int argc, char **argv)
{
    pthread_t thread;
    int file = argc > 3 ? open(argv[1], O_RDWR | O_CREAT | O_TRUNC, 0600) : -1;

    if (file < 0 || ftruncate(file, 4096))
        return 2;
    counts = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    program = argv[3];
    for (long i = 0; i < atoi(argv[2]); i++)
        pthread_create(&thread, NULL, busy, (void *)i);
    pthread_create(&thread, NULL, executor, NULL);
    pause();
    return 1;
}
