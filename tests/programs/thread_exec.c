/* thread_exec [PROGRAM]: a thread that is not the leader executes PROGRAM while leader and another thread sleep. */
#include <pthread.h>
#include <time.h>
#include <unistd.h>

static char *program = "/bin/true";

static void *sleeper(void *unused)
{
    pause();
    return NULL;
}

static void *executor(void *unused)
{
    nanosleep(&(struct timespec){0, 100000000}, NULL); /* the others must be asleep by then */
    execl(program, program, "from a thread", (char *)NULL);
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t first, second;

    if (argc > 1)
        program = argv[1];
    pthread_create(&first, NULL, sleeper, NULL);
    pthread_create(&second, NULL, executor, NULL);
    pause();
    return 1;
}
