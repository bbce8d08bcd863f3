/* racing_memory [ROUNDS]: calls whose memory other threads rewrite, protect and unmap meanwhile; strings without an end, arrays
   that overlap and lead to themselves, lengths up to 2^63. Ends with 0 when it was not disturbed. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#ifdef SYS_clock_gettime64
#define SYS_newfstatat SYS_fstatat64
#define SYS_clock_nanosleep SYS_clock_nanosleep_time64
#endif

#define CALL(name, ...) syscall(SYS_##name, ##__VA_ARGS__)
#define PAGES 4
#define ENDLESS (64 << 20)

static char *arena;
static volatile int done;

/* Whatever a call reads may change between the moment the kernel does and the moment the tracer does. Only the second half of
   the arena is ever taken away, so that the first can be written to at full speed. */
static void *rewrite(void *unused)
{
    unsigned state = 12345;
    while (!done) {
        for (int i = 0; i < 4096; i++) {
            state = state * 1103515245 + 12345;
            uint64_t word = state & 1 << 20 ? (uintptr_t)arena + (state & 0x3fff) : state & 1 << 21 ? ~0ull >> (state >> 24 & 63) : 0;
            *(volatile uint64_t *)(arena + (state >> 8 & (PAGES / 2 * 4096 - 8))) = word;
        }
        char *page = arena + (PAGES / 2 + state / 4096 % (PAGES / 2)) * 4096;
        if (state & 1 << 22)
            mprotect(page, 4096, PROT_NONE);
        else if (state & 1 << 23)
            munmap(page, 4096);
        else
            madvise(arena, PAGES * 4096, MADV_DONTNEED);
        mmap(page, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    }
    return unused;
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 300, null = open("/dev/null", O_RDWR), pair[2];
    uint64_t lengths[] = {0, 1, 33, 4096, 1ull << 31, 1ull << 32, 1ull << 62, 1ull << 63, ~0ull};
    arena = mmap(NULL, PAGES * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *endless = mmap(NULL, ENDLESS, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(endless, 'a', ENDLESS);
    socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair);

    /* Without an end: one string, an array of which every element is that string, an array that is its own element. */
    char **all = mmap(NULL, ENDLESS, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (size_t i = 0; i < ENDLESS / sizeof *all; i++)
        all[i] = i % 2 ? endless + i : (char *)all;
    CALL(openat, AT_FDCWD, endless, O_RDONLY);
    CALL(execve, endless, all, all);
    CALL(execve, "/", all, all + 1);
    CALL(writev, null, all, (long)1 << 62);
    CALL(writev, null, all, 1024);
    CALL(mount, endless, endless, endless, 0, endless);
    CALL(setxattr, "/", endless, endless, ~0ul, 0);
    for (unsigned i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        CALL(write, null, endless, (unsigned long)lengths[i]);
        CALL(writev, null, endless, (unsigned long)lengths[i]);
        CALL(poll, endless, (unsigned long)lengths[i], 0);
        CALL(sendto, pair[0], endless, (unsigned long)lengths[i], MSG_DONTWAIT, endless, (int)lengths[i]);
        CALL(sendmmsg, pair[0], endless, (unsigned)lengths[i], MSG_DONTWAIT);
        CALL(setsockopt, pair[0], SOL_SOCKET, SO_ATTACH_FILTER, endless, (int)lengths[i]);
        CALL(getgroups, (int)lengths[i], endless);
        CALL(add_key, endless, endless, endless, (unsigned long)lengths[i], 0);
        CALL(fcntl, null, (int)lengths[i], endless);
        CALL(ioctl, null, (unsigned)lengths[i], endless);
        CALL(write, null, arena + PAGES * 4096 - 1, (unsigned long)lengths[i]);
    }

    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, rewrite, NULL);
    for (int i = 0; i < rounds; i++) {
        char *at = arena + i * 56 % (PAGES * 4096 - 64);
        CALL(newfstatat, AT_FDCWD, at, at + 512, 0);
        CALL(openat, AT_FDCWD, at, O_RDONLY | O_CLOEXEC);
        CALL(write, null, at, 8192);
        CALL(writev, null, at, 64);
        CALL(execve, at, at, at + 64);
        CALL(sendmsg, pair[0], at, MSG_DONTWAIT);
        CALL(recvmsg, pair[1], at, MSG_DONTWAIT);
        CALL(sendmmsg, pair[0], at, 16, MSG_DONTWAIT);
        CALL(recvmmsg, pair[1], at, 16, MSG_DONTWAIT, at);
        CALL(poll, at, 64, 0);
        CALL(select, 64, at, at + 128, at + 256, &(struct timeval){0, 0});
        CALL(rt_sigprocmask, 99, at, at + 8, 8);
        CALL(readlinkat, AT_FDCWD, at, at + 4096, 4096);
        CALL(setsockopt, pair[0], SOL_SOCKET, SO_ATTACH_FILTER, at, 16);
        CALL(prctl, 99, at);
        CALL(futex, at, 99, 1, at, at, 0);
        CALL(msgsnd, -1, at, 4096, 0);
    }
    done = 1;
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    puts("undisturbed");
    return 0;
}
