/* odd_clones [parent]: children that are made by clone with flags that libraries do not use, each of which makes one getppid;
   prints how many ended as they should. With "parent": one that becomes a child of whoever started this program. */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define STATUS 7

static char stack[1 << 16] __attribute__((aligned(16)));
static pid_t told, kept;

static int child(void *unused)
{
    syscall(SYS_getppid);
    syscall(SYS_exit, STATUS);
    return 0;
}

static pid_t start(unsigned long flags)
{
    return clone(child, stack + sizeof stack, flags, NULL, &told, NULL, &kept);
}

static int ends(pid_t pid)
{
    int status;

    return pid > 0 && waitpid(pid, &status, __WALL) == pid && WIFEXITED(status) && WEXITSTATUS(status) == STATUS;
}

/* A child of ours makes one that is no child of its own, but of ours. */
static int sister(void)
{
    int status, well = 0;

    if (fork() == 0)
        _exit(start(CLONE_PARENT | SIGCHLD) < 0);
    for (int i = 0; i < 2; i++)
        well += waitpid(-1, &status, __WALL) > 0 && WIFEXITED(status) && (WEXITSTATUS(status) == STATUS || WEXITSTATUS(status) == 0);
    return well == 2;
}

int main(int argc, char **argv)
{
    const unsigned long flags[] = {
        SIGCHLD,
        0,
        SIGWINCH,
        CLONE_FILES | SIGCHLD,
        CLONE_FS | CLONE_FILES | CLONE_SYSVSEM | CLONE_IO | SIGCHLD,
        CLONE_VM | SIGCHLD,
        CLONE_VM | CLONE_SIGHAND | CLONE_FILES | SIGCHLD,
        CLONE_VM,
        CLONE_VFORK | SIGCHLD,
        CLONE_VM | CLONE_VFORK | SIGCHLD,
        CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD,
        CLONE_PTRACE | SIGCHLD,
        CLONE_PTRACE | CLONE_VM | CLONE_VFORK,
    };
    int count = sizeof flags / sizeof *flags, well = 0;

    if (argc > 1 && !strcmp(argv[1], "parent"))
        return start(CLONE_PARENT | SIGCHLD) < 0;
    for (int i = 0; i < count; i++)
        well += ends(start(flags[i]));
    well += sister();
    count++;
    printf("%d children\n", well);
    return well != count;
}
