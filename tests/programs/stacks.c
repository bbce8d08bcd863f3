/* Calls below known frames, for stack traces: `stacks HOW [DEPTH]`. Each way asks for its parent there. */
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define APART __attribute__((noinline))

static APART int leaf(int n)
{
    volatile char room[64];
    room[0] = n;
    int result = getppid();
    return result + room[0];
}

static APART int middle(int n)
{
    volatile int here = n;
    return leaf(here) + here;
}

static APART int deep(int n)
{
    volatile int here = n;
    int result = n ? deep(n - 1) : middle(here);
    return result + here;
}

static APART void handler(int number)
{
    volatile int result = middle(number);
    (void)result;
}

static APART int interrupted(int flags)
{
    static char elsewhere[1 << 16];
    stack_t stack = {.ss_sp = elsewhere, .ss_size = sizeof elsewhere};
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigaltstack(&stack, NULL);
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    return flags;
}

static void *thread(void *unused)
{
    volatile int result = deep(2);
    (void)unused;
    return (void *)(intptr_t)result;
}

/* Everything from here to well above the frames of main is overwritten; nobody returns. */
static APART void corrupt(int byte)
{
    volatile char *here = __builtin_frame_address(0);
    for (int i = 0; i < 512; i++)
        here[i] = byte;
    middle(1);
    _exit(0);
}

/* Code that no file knows calls middle: sub $8,%rsp; call *%rdi; add $8,%rsp; ret. */
static APART void generated(void)
{
#ifdef __x86_64__
    static const unsigned char code[] = {0x48, 0x83, 0xec, 0x08, 0xff, 0xd7, 0x48, 0x83, 0xc4, 0x08, 0xc3};
    void *place = mmap(NULL, sizeof code, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memcpy(place, code, sizeof code);
    ((void (*)(void *))place)((void *)middle);
#endif
}

int main(int count, char **words)
{
    const char *how = count > 1 ? words[1] : "";
    int depth = count > 2 ? atoi(words[2]) : 3;
    struct timespec time;
    pthread_t other;
    if (!strcmp(how, "deep"))
        return deep(depth) & 0;
    if (!strcmp(how, "signal"))
        return interrupted(0) & 0;
    if (!strcmp(how, "elsewhere"))
        return interrupted(SA_ONSTACK) & 0;
    if (!strcmp(how, "corrupt"))
        corrupt(depth);
    if (!strcmp(how, "generated"))
        generated();
    if (!strcmp(how, "vdso"))
        return clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    if (!strcmp(how, "thread"))
        return pthread_create(&other, NULL, thread, NULL) || pthread_join(other, NULL);
    return 0;
}
