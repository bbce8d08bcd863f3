/* own_base: uses the base of gs, which most programs leave alone. Prints what it finds there. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SET_BASE = 0x1001 }; /* asm/prctl.h: ARCH_SET_GS */

static long values[4] = {11, 22, 33, 44};

static long value(void)
{
    long found;
    __asm__ volatile("mov %%gs:8, %0" : "=r"(found));
    return found;
}

static void *other(void *unused)
{
    long sum = 0;
    for (int i = 0; i < 100; i++)
        sum += syscall(SYS_getppid) == getppid();
    return (void *)sum;
}

int main(void)
{
    pthread_t thread;
    void *sum;
    long right = 0;

    for (int i = 0; i < 20; i++)
        right += syscall(SYS_getppid) == getppid();
    pthread_create(&thread, NULL, other, NULL);
    syscall(SYS_arch_prctl, SET_BASE, values);
    for (int i = 0; i < 20; i++)
        right += syscall(SYS_getppid) == getppid() && value() == 22;
    pthread_join(thread, &sum);
    printf("%ld %ld %ld\n", right, value(), (long)sum);
    return 0;
}
