/* killed SIGNAL [core]: dies by that signal (a number), without a core file unless "core" is given. */
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int number = argc > 1 ? atoi(argv[1]) : SIGTERM;

    if (argc < 3)
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    signal(number, SIG_DFL);
    kill(getpid(), number);
    return 1;
}
