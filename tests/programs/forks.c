/* forks N [PROGRAM]: N times: fork, let the child exit or execute PROGRAM, wait; prints how many children succeeded. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int count = argc > 1 ? atoi(argv[1]) : 5;
    int succeeded = 0;

    for (int i = 0; i < count; i++) {
        int status;
        pid_t child = fork();
        if (child < 0)
            return 1;
        if (child == 0) {
            if (argc > 2)
                execl(argv[2], argv[2], (char *)NULL);
            _exit(argc > 2 ? 127 : 0);
        }
        if (waitpid(child, &status, 0) == child && status == 0)
            succeeded++;
    }
    printf("%d children\n", succeeded);
    return succeeded != count;
}
