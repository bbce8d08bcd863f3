/* calls_files [TOPIC...]: every system call about files, in a new directory, with success, with errors and with arguments that lie.
 *
 * Numbers are those of x86_64. Memory is at fixed addresses, so that two runs print the same. What could change the
 * system is only tried with arguments that fail. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    NR_memfd_secret = 447, NR_cachestat = 451, NR_fchmodat2 = 452, NR_statmount = 457, NR_listmount = 458,
    NR_setxattrat = 463, NR_getxattrat = 464, NR_listxattrat = 465, NR_removexattrat = 466, NR_open_tree_attr = 467,
    NR_file_getattr = 468, NR_file_setattr = 469,
};

#define AREA 0x10000000UL /* readable and writable, 16 pages, then a hole */
#define AREA_END (AREA + 0x10000UL)
#define BAD 0xdeadbeefcafeUL
#define HIGH 0xabcdef0000000000UL /* garbage in the upper half of an int */
#define P(x) ((long)(uintptr_t)(x))

static long call(long number, long a, long b, long c, long d, long e, long f)
{
    return syscall(number, a, b, c, d, e, f);
}
#define C6(n, a, b, c, d, e, f) call((n), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define C5(n, a, b, c, d, e) C6(n, a, b, c, d, e, 0)
#define C4(n, a, b, c, d) C5(n, a, b, c, d, 0)
#define C3(n, a, b, c) C4(n, a, b, c, 0)
#define C2(n, a, b) C3(n, a, b, 0)
#define C1(n, a) C2(n, a, 0)
#define C0(n) C1(n, 0)
#define EACH_BIT(bit) for (unsigned long bit = 1; bit && bit <= 0x80000000UL; bit <<= 1)
#define EACH_LONG_BIT(bit) for (unsigned long bit = 1; bit; bit <<= 1)
#define EACH(i, first, last) for (long i = (first); i <= (last); i++)

/* Data in the area: at its beginning, or so that it ends where the hole begins. */
static void *put(const void *data, size_t size)
{
    return memcpy((void *)AREA, data, size);
}
static void *put_last(const void *data, size_t size)
{
    return memcpy((void *)(AREA_END - size), data, size);
}
static void *filled(int byte)
{
    return memset((void *)AREA, byte, 0x10000);
}
static char *last_string(const char *text)
{
    return put_last(text, strlen(text)); /* no NUL before the hole */
}
static int file(const char *name, int flags)
{
    return open(name, flags | O_CREAT | O_RDWR, 0644);
}

static void opening(void)
{
    char long_name[5000];
    memset(long_name, 'x', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = 0;

    C3(SYS_open, P("/dev/null"), O_RDONLY, 0);
    C3(SYS_open, P("new"), O_CREAT | O_WRONLY, 0644);
    C3(SYS_open, P("new"), O_CREAT | O_WRONLY | O_TRUNC, 07777);
    C3(SYS_open, P("new"), O_CREAT | O_WRONLY, 0177777);
    C3(SYS_open, P("new"), O_CREAT | O_WRONLY, HIGH | 0);
    C3(SYS_open, P("."), O_TMPFILE | O_RDWR, 0600);
    C3(SYS_open, P("."), O_DIRECTORY | O_CLOEXEC, 0600);
    C3(SYS_open, P("nothing\n\"here\"\x01\xff"), HIGH, 0);
    C3(SYS_open, 0, 0, 0);
    C3(SYS_open, BAD, 0, 0);
    C3(SYS_open, last_string("unterminated"), 0, 0);
    C3(SYS_open, long_name, 0, 0);
    C3(SYS_open, "", -1, -1);
    EACH(i, 0, 3) C3(SYS_open, "", i, 0);
    EACH_BIT(bit) C3(SYS_open, "", bit, 0644);
    EACH_BIT(bit) C3(SYS_open, "", bit | 3, 0644);
    C4(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY | O_CLOEXEC, 0);
    C4(SYS_openat, -1, "nothing", O_RDONLY, 0);
    C4(SYS_openat, HIGH | 0xffffff9c, "nothing", O_PATH, 0);
    C4(SYS_openat, 0x7fffffff, "nothing", O_WRONLY | O_CREAT, 0644);
    C4(SYS_openat, -101, 0, 0, 0);
    EACH(i, 0, 16) C3(SYS_open, "", O_CREAT, i << 12 | 0755);
    EACH(i, 0, 7) C3(SYS_open, "", O_CREAT, i << 9 | 04);
    EACH_BIT(bit) C3(SYS_open, "", O_CREAT, bit);
    C2(SYS_creat, "created", 0600);
    C2(SYS_creat, "", 0);
    C2(SYS_creat, BAD, 01777);

    struct open_how { uint64_t flags, mode, resolve, more; } how = {O_RDONLY | O_CLOEXEC, 0, RESOLVE_BENEATH, 0};
    C4(SYS_openat2, AT_FDCWD, "new", put(&how, 24), 24);
    C4(SYS_openat2, AT_FDCWD, "new", put(&how, 32), 32);
    how.more = 0x1234567890abcdef;
    C4(SYS_openat2, AT_FDCWD, "new", put(&how, 32), 32);
    C4(SYS_openat2, AT_FDCWD, "new", put_last(&how, 24), 32);
    C4(SYS_openat2, AT_FDCWD, "new", put_last(&how, 20), 24);
    C4(SYS_openat2, AT_FDCWD, "new", put_last(&how, 24), 23);
    C4(SYS_openat2, AT_FDCWD, "new", put_last(&how, 24), 0);
    C4(SYS_openat2, AT_FDCWD, "new", put_last(&how, 24), 4096);
    C4(SYS_openat2, AT_FDCWD, "new", put_last(&how, 24), -1);
    C4(SYS_openat2, AT_FDCWD, "new", 0, 24);
    C4(SYS_openat2, -1, 0, BAD, 24);
    C4(SYS_openat2, -1, 0, BAD, 12);
    how = (struct open_how){O_CREAT | O_RDWR, 0640, 0, 0};
    C4(SYS_openat2, -100, "", put(&how, 24), 24);
    how = (struct open_how){-1, -1, -1, 0};
    C4(SYS_openat2, -100, "", put(&how, 24), 24);
    how = (struct open_how){0x100000000, 0644, 0, 0};
    C4(SYS_openat2, -100, "", put(&how, 24), 24);
    how = (struct open_how){0, 0644, 0, 0};
    C4(SYS_openat2, -100, "", put(&how, 24), 24);
    how = (struct open_how){O_TMPFILE | O_RDWR, 0xffff0000fffff, 0x40, 0};
    C4(SYS_openat2, -100, "", put(&how, 24), 24);
    EACH_LONG_BIT(bit) {
        how = (struct open_how){bit, 0644, 0, 0};
        C4(SYS_openat2, -100, "", put(&how, 24), 24);
        how = (struct open_how){0, 0, bit, 0};
        C4(SYS_openat2, -100, "", put(&how, 24), 24);
    }
    C1(SYS_close, 900);
    C1(SYS_close, -1);
    C1(SYS_close, HIGH | 901);
    C3(SYS_close_range, 900, 910, 0);
    C3(SYS_close_range, 900, -1, 4);
    C3(SYS_close_range, -1, 3, 0);
    C3(SYS_close_range, HIGH | 900, HIGH | 901, HIGH);
    EACH_BIT(bit) C3(SYS_close_range, 910, 900, bit);
    C3(SYS_close_range, 910, 900, -1);
    EACH(i, 0, 2) C1(SYS_umask, 022);
    C1(SYS_umask, 07777);
    C1(SYS_umask, -1);
    C1(SYS_umask, 022);
}

static void transfer(void)
{
    int fd = file("data", O_TRUNC);
    char text[200], octal[] = "a\0001b\0c\377d\t\"\\\0";
    for (int i = 0; i < 200; i++)
        text[i] = 'a' + i % 26;

    C3(SYS_write, fd, text, 31);
    C3(SYS_write, fd, text, 32);
    C3(SYS_write, fd, text, 33);
    C3(SYS_write, fd, octal, sizeof octal);
    C3(SYS_write, fd, "\0", 1);
    C3(SYS_write, fd, "\0\0""1", 3);
    C3(SYS_write, fd, text, 0);
    C3(SYS_write, fd, 0, 0);
    C3(SYS_write, fd, 0, 1);
    C3(SYS_write, fd, BAD, 10);
    C3(SYS_write, fd, BAD, 0);
    C3(SYS_write, fd, put_last("last", 4), 5);
    C3(SYS_write, fd, put_last(text, 100), 120);
    C3(SYS_write, fd, put_last(text, 20), 120);
    C3(SYS_write, -1, text, -1);
    C3(SYS_write, HIGH | 0xffffffff, text, HIGH);
    C3(SYS_lseek, fd, 0, 0);
    C3(SYS_read, fd, AREA, 10);
    C3(SYS_read, fd, AREA, 100);
    C3(SYS_read, fd, AREA, 1000);
    C3(SYS_read, fd, AREA, 1000);
    C3(SYS_read, fd, 0, 0);
    C3(SYS_read, -1, AREA, 10);
    C3(SYS_read, fd, BAD, 10);
    C3(SYS_lseek, fd, 0, 0);
    C3(SYS_read, fd, AREA_END - 5, 10);
    C4(SYS_pread64, fd, AREA, 40, 5);
    C4(SYS_pread64, fd, AREA, 4, 5);
    C4(SYS_pread64, fd, AREA, 4, -5);
    C4(SYS_pread64, -1, BAD, HIGH, HIGH);
    C4(SYS_pwrite64, fd, text, 4, 5);
    C4(SYS_pwrite64, fd, text, 40, 0);
    C4(SYS_pwrite64, -1, BAD, HIGH, 0x7fffffffffffffff);

    struct iovec vector[40];
    for (int i = 0; i < 40; i++)
        vector[i] = (struct iovec){text + i, i};
    void *v = put_last(vector, sizeof vector);
    C3(SYS_writev, fd, v, 0);
    C3(SYS_writev, fd, v, 2);
    C3(SYS_writev, fd, v, 5);
    C3(SYS_writev, fd, v, 40);
    C3(SYS_writev, fd, v, 41);
    C3(SYS_writev, fd, v + 38 * 16, 3);
    C3(SYS_writev, fd, v, -1);
    C3(SYS_writev, fd, v, 0x80000000);
    C3(SYS_writev, fd, v, HIGH | 2);
    C3(SYS_writev, fd, 0, 2);
    C3(SYS_writev, fd, BAD, 2);
    C3(SYS_writev, fd, AREA_END - 8, 1);
    struct iovec odd[] = {{0, 0}, {0, 3}, {(void *)BAD, 3}, {text, -1}, {text, 100}, {(void *)BAD, 0}};
    C3(SYS_writev, -1, put_last(odd, sizeof odd), 6);
    C4(SYS_pwritev, fd, v, 3, 7);
    C4(SYS_pwritev, fd, v, 3, -1);
    C5(SYS_pwritev, -1, v, 3, HIGH, 0x1234);
    C6(SYS_pwritev2, fd, v, 3, -1, -1, 0);
    C6(SYS_pwritev2, fd, v, 3, 5, 0, 2);
    EACH_BIT(bit) C6(SYS_pwritev2, -1, v, 3, 5, 0, bit);
    C6(SYS_pwritev2, -1, v, 3, 5, 0, -1);
    C6(SYS_preadv2, -1, v, 3, 5, 0, 8);
    for (int i = 0; i < 40; i++)
        vector[i] = (struct iovec){(void *)(AREA + 100 * i), i};
    v = put_last(vector, sizeof vector);
    C3(SYS_lseek, fd, 0, 0);
    C3(SYS_readv, fd, v, 0);
    C3(SYS_readv, fd, v, 2);
    C3(SYS_readv, fd, v, 6);
    C3(SYS_readv, fd, v, 40);
    C3(SYS_readv, fd, v, 41);
    C3(SYS_readv, fd, v, 40);
    C3(SYS_readv, fd, 0, 4);
    C3(SYS_readv, -1, v, 4);
    C3(SYS_readv, fd, BAD, 4);
    C4(SYS_preadv, fd, v, 5, 20);
    C4(SYS_preadv, fd, v, 5, 100000);
    C4(SYS_preadv, fd, v, 5, -1);
    C6(SYS_preadv2, fd, v, 5, 4, 0, 0);
    C6(SYS_preadv2, fd, v, 5, -1, -1, 8);
    C6(SYS_preadv2, fd, v, 5, 4, 0, 0x80000000);

    EACH(i, -1, 6) C3(SYS_lseek, fd, 1, i);
    C3(SYS_lseek, fd, -100, SEEK_CUR);
    C3(SYS_lseek, fd, 0x7fffffffffffffff, HIGH | SEEK_SET);
    C3(SYS_lseek, -1, -1, 0xffff);
    C1(SYS_fsync, fd);
    C1(SYS_fdatasync, -1);
    C1(SYS_syncfs, -1);
    C4(SYS_sync_file_range, fd, 1, 2, 7);
    C4(SYS_sync_file_range, -1, -1, HIGH, 0);
    EACH_BIT(bit) C4(SYS_sync_file_range, -1, -1, HIGH, bit);
    C2(SYS_truncate, "data", 100);
    C2(SYS_truncate, "data", -100);
    C2(SYS_truncate, "nothing", HIGH);
    C2(SYS_ftruncate, fd, 200);
    C2(SYS_ftruncate, -1, HIGH);
    C4(SYS_fallocate, fd, 0, 0, 4096);
    EACH_BIT(bit) C4(SYS_fallocate, -1, bit, -1, HIGH);
    C4(SYS_fallocate, -1, -1, -1, HIGH);
    EACH(i, -1, 8) C4(SYS_fadvise64, -1, 1, -2, i);
    C4(SYS_fadvise64, fd, 0, 0, 2);
    C3(SYS_readahead, fd, 0, 4096);
    C3(SYS_readahead, -1, -1, -1);

    int out = file("out", O_TRUNC);
    int64_t offset = 5;
    C4(SYS_sendfile, out, fd, 0, 5);
    C4(SYS_sendfile, out, fd, put(&offset, 8), 5);
    C4(SYS_sendfile, out, fd, put(&offset, 8), 0);
    C4(SYS_sendfile, out, fd, BAD, 5);
    C4(SYS_sendfile, -1, fd, put(&offset, 8), 5);
    C4(SYS_sendfile, -1, HIGH | 0xffffffff, AREA_END - 4, -1);
    C6(SYS_copy_file_range, fd, put(&offset, 8), out, 0, 4, 0);
    C6(SYS_copy_file_range, fd, put(&offset, 8), out, AREA + 8, 4, 0);
    C6(SYS_copy_file_range, fd, BAD, out, 0, 4, 0);
    C6(SYS_copy_file_range, -1, put(&offset, 8), -1, BAD, HIGH, 0xff);
    C6(SYS_copy_file_range, -1, 0, -1, 0, HIGH, 1);
    int *ends = (int *)(AREA + 0x100);
    C1(SYS_pipe, ends);
    C2(SYS_pipe2, ends, O_NONBLOCK);
    C6(SYS_splice, fd, put(&offset, 8), ends[1], 0, 4, 0);
    C6(SYS_splice, ends[0], 0, out, put(&offset, 8), 4, 0);
    C6(SYS_splice, -1, BAD, -1, BAD, HIGH, 0);
    EACH_BIT(bit) C6(SYS_splice, -1, 0, -1, 0, 0, bit);
    C6(SYS_splice, -1, 0, -1, 0, 0, -1);
    C4(SYS_tee, ends[0], ends[1], 10, 2);
    C4(SYS_tee, -1, HIGH, -1, -1);
    struct iovec gift[] = {{text, 3}, {text, 100}};
    C4(SYS_vmsplice, ends[1], put(gift, sizeof gift), 2, 2);
    C4(SYS_vmsplice, -1, put(gift, sizeof gift), 2, -1);
    C4(SYS_vmsplice, ends[0], put(gift, sizeof gift), 2, 2);
    C4(SYS_vmsplice, -1, BAD, 2, 0);
    C4(SYS_vmsplice, -1, BAD, -1, 0);
    C1(SYS_pipe, 0);
    C1(SYS_pipe, BAD);
    C2(SYS_pipe2, BAD, O_CLOEXEC | O_DIRECT);
    EACH_BIT(bit) C2(SYS_pipe2, BAD, bit);
    C2(SYS_pipe2, ends, -1);
    C2(SYS_pipe2, ends, HIGH);

    uint64_t range[] = {0, 4096}, statistics[5] = {0};
    C4(NR_cachestat, fd, put(range, 16), put_last(statistics, 40), 0);
    C4(NR_cachestat, fd, put(range, 16), put_last(statistics, 40), 1);
    C4(NR_cachestat, fd, BAD, put_last(statistics, 40), 0xff);
    C4(NR_cachestat, -1, 0, 0, HIGH);
    C4(NR_cachestat, fd, put(range, 16), BAD, 0);
}

static void descriptors(void)
{
    int fd = file("data", 0);
    C1(SYS_dup, fd);
    C1(SYS_dup, -1);
    C2(SYS_dup2, fd, 50);
    C2(SYS_dup2, -1, HIGH | 50);
    C3(SYS_dup3, fd, 51, O_CLOEXEC);
    C3(SYS_dup3, -1, -1, 0);
    EACH_BIT(bit) C3(SYS_dup3, -1, -1, bit);
    C3(SYS_dup3, -1, -1, -1);
    EACH(i, 0, 20) {
        C3(SYS_fcntl, -1, i, 0);
        C3(SYS_fcntl, -1, i, -1);
        C3(SYS_fcntl, -1, i, 1);
        C3(SYS_fcntl, -1, i, 2);
        C3(SYS_fcntl, -1, i, BAD);
        C3(SYS_fcntl, fd, i, BAD);
    }
    EACH(i, 30, 40) C3(SYS_fcntl, -1, i, BAD);
    EACH(i, 1020, 1045) {
        C3(SYS_fcntl, -1, i, 0);
        C3(SYS_fcntl, -1, i, -1);
        C3(SYS_fcntl, -1, i, 1);
        C3(SYS_fcntl, -1, i, BAD);
        C3(SYS_fcntl, fd, i, BAD);
    }
    C3(SYS_fcntl, fd, -1, 0);
    C3(SYS_fcntl, fd, HIGH | F_GETFD, HIGH);
    C3(SYS_fcntl, fd, F_DUPFD, 70);
    C3(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 70);
    C3(SYS_fcntl, 51, F_GETFD, 0);
    C3(SYS_fcntl, fd, F_GETFD, 0);
    C3(SYS_fcntl, fd, F_SETFD, FD_CLOEXEC);
    C3(SYS_fcntl, -1, F_SETFD, HIGH | 7);
    C3(SYS_fcntl, fd, F_GETFL, 0);
    C3(SYS_fcntl, fd, F_SETFL, O_RDWR | O_NONBLOCK);
    C3(SYS_fcntl, fd, F_GETFL, 0);
    C3(SYS_fcntl, fd, F_SETFL, 0);
    C3(SYS_fcntl, -1, F_SETFL, HIGH | O_APPEND);
    EACH_BIT(bit) C3(SYS_fcntl, -1, F_SETFL, bit);
    EACH_BIT(bit) C3(SYS_fcntl, -1, F_NOTIFY, bit);
    EACH_BIT(bit) C3(SYS_fcntl, -1, F_ADD_SEALS, bit);
    C3(SYS_fcntl, fd, F_SETSIG, SIGIO);
    C3(SYS_fcntl, fd, F_GETSIG, 0);
    C3(SYS_fcntl, fd, F_SETSIG, 0);
    C3(SYS_fcntl, fd, F_GETSIG, 0);
    C3(SYS_fcntl, fd, F_SETSIG, 100);
    C3(SYS_fcntl, fd, F_SETSIG, 40);
    C3(SYS_fcntl, fd, F_SETOWN, 1);
    C3(SYS_fcntl, fd, F_GETOWN, 0);
    C3(SYS_fcntl, fd, F_SETOWN, -1);
    C3(SYS_fcntl, fd, F_GETOWN, 0);
    int owner[2] = {1, 1};
    EACH(i, 0, 4) {
        owner[0] = i;
        C3(SYS_fcntl, fd, F_SETOWN_EX, put_last(owner, 8));
        C3(SYS_fcntl, fd, F_GETOWN_EX, put_last(owner, 8));
        C3(SYS_fcntl, -1, F_GETOWN_EX, put_last(owner, 8));
    }
    C3(SYS_fcntl, fd, F_GETOWN_EX, AREA_END - 4);
    C3(SYS_fcntl, fd, 17 /* F_GETOWNER_UIDS */, AREA);
    uint64_t hint;
    EACH(i, -1, 7) {
        hint = i;
        C3(SYS_fcntl, fd, F_SET_RW_HINT, put_last(&hint, 8));
        C3(SYS_fcntl, fd, F_GET_RW_HINT, put_last(&hint, 8));
        C3(SYS_fcntl, -1, F_SET_FILE_RW_HINT, put_last(&hint, 8));
        C3(SYS_fcntl, fd, F_GET_FILE_RW_HINT, put_last(&hint, 8));
    }
    hint = 0x100000003;
    C3(SYS_fcntl, -1, F_SET_RW_HINT, put_last(&hint, 8));
    EACH(type, -1, 9) EACH(whence, 0, 5) {
        struct flock lock = {.l_type = type, .l_whence = whence, .l_start = 3, .l_len = -4, .l_pid = 77};
        C3(SYS_fcntl, -1, F_SETLK, put_last(&lock, sizeof lock));
    }
    struct flock lock = {.l_type = F_WRLCK, .l_whence = 0, .l_start = 3, .l_len = 4, .l_pid = 0};
    C3(SYS_fcntl, fd, F_SETLK, put_last(&lock, sizeof lock));
    C3(SYS_fcntl, fd, F_SETLKW, put_last(&lock, sizeof lock));
    C3(SYS_fcntl, fd, F_GETLK, put_last(&lock, sizeof lock));
    C3(SYS_fcntl, -1, F_GETLK, put_last(&lock, sizeof lock));
    C3(SYS_fcntl, -1, F_OFD_GETLK, put_last(&lock, sizeof lock));
    C3(SYS_fcntl, fd, F_OFD_GETLK, put_last(&lock, sizeof lock));
    lock.l_type = F_UNLCK; /* the two kinds of locks exclude each other */
    C3(SYS_fcntl, fd, F_SETLK, put_last(&lock, sizeof lock));
    lock.l_type = F_WRLCK;
    C3(SYS_fcntl, fd, F_OFD_SETLK, put_last(&lock, sizeof lock));
    C3(SYS_fcntl, fd, F_OFD_SETLKW, put_last(&lock, sizeof lock));
    EACH(i, 12, 14) C3(SYS_fcntl, fd, i, put_last(&lock, sizeof lock));
    C3(SYS_fcntl, fd, F_SETLK, AREA_END - 8);
    C3(SYS_fcntl, fd, 1029, put_last(&lock, sizeof lock));
    EACH(i, -1, 5) C3(SYS_fcntl, -1, F_SETLEASE, i);
    C3(SYS_fcntl, fd, F_GETLEASE, 0);
    int read_only = open("data", O_RDONLY);
    C3(SYS_fcntl, read_only, F_SETLEASE, F_RDLCK);
    C3(SYS_fcntl, read_only, F_GETLEASE, 0);
    C3(SYS_fcntl, read_only, F_SETLEASE, F_UNLCK);
    struct { uint32_t flags; uint16_t type, pad; } delegation = {0, F_RDLCK, 0};
    EACH(i, -1, 4) {
        delegation.type = i;
        C3(SYS_fcntl, -1, 1040, put_last(&delegation, 8));
        C3(SYS_fcntl, -1, 1039, put_last(&delegation, 8));
        C3(SYS_fcntl, fd, 1039, put_last(&delegation, 8));
    }
    delegation.flags = 5; delegation.pad = 7;
    C3(SYS_fcntl, -1, 1040, put_last(&delegation, 8));
    C3(SYS_fcntl, fd, 1027, fd);
    C3(SYS_fcntl, fd, 1027, HIGH | 50);
    C3(SYS_fcntl, fd, 1027, 1);
    C3(SYS_fcntl, fd, 1028, 1);
    int memory = C2(SYS_memfd_create, "name", MFD_ALLOW_SEALING | MFD_CLOEXEC);
    C3(SYS_fcntl, memory, F_GET_SEALS, 0);
    C3(SYS_fcntl, memory, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW);
    C3(SYS_fcntl, memory, F_GET_SEALS, 0);
    C3(SYS_fcntl, fd, F_GET_SEALS, 0);
    int ends[2];
    pipe(ends);
    C3(SYS_fcntl, ends[0], F_GETPIPE_SZ, 0);
    C3(SYS_fcntl, ends[0], F_SETPIPE_SZ, 4096);
    C3(SYS_fcntl, ends[0], F_SETPIPE_SZ, HIGH | 4096);
    C2(SYS_memfd_create, 0, 0);
    C2(SYS_memfd_create, BAD, -1);
    C2(SYS_memfd_create, "a name that is longer than thirty-two bytes", 0x40);
    char name[300];
    memset(name, 'n', 299);
    name[299] = 0;
    C2(SYS_memfd_create, name, 0x40);
    name[249] = 0;
    C2(SYS_memfd_create, name, 0x40);
    name[248] = 0;
    C2(SYS_memfd_create, name, 0x40);
    EACH_BIT(bit) C2(SYS_memfd_create, BAD, bit);
    EACH(i, 0, 63) C2(SYS_memfd_create, BAD, i << 26 | 4);
    C1(NR_memfd_secret, 0);
    C1(NR_memfd_secret, O_CLOEXEC);
    C1(NR_memfd_secret, -1);
    EACH_BIT(bit) C1(NR_memfd_secret, bit & ~O_CLOEXEC);
    C2(SYS_flock, fd, 2);
    C2(SYS_flock, fd, 8);
    EACH(i, 0, 16) C2(SYS_flock, -1, i);
    EACH_BIT(bit) C2(SYS_flock, -1, bit);
    C2(SYS_flock, -1, -1);
}

static void stat_all(const char *path)
{
    C2(SYS_stat, path, AREA);
    C2(SYS_lstat, path, AREA);
    C5(SYS_statx, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, 0xfff, AREA);
}

static void status(void)
{
    int fd = file("data", O_TRUNC);
    write(fd, "some data", 9);
    struct timespec times[2] = {{1700000000, 123456789}, {1600000000, 0}};
    C4(SYS_utimensat, AT_FDCWD, "data", put_last(times, sizeof times), 0);
    times[0] = (struct timespec){-1, 1}; times[1] = (struct timespec){0, 0};
    symlink("data", "link");
    C4(SYS_utimensat, AT_FDCWD, "link", put_last(times, sizeof times), AT_SYMLINK_NOFOLLOW);
    mknod("fifo", S_IFIFO | 0600, 0);
    stat_all("data");
    stat_all("link");
    stat_all("/dev/null");
    stat_all("/dev/loop0");
    stat_all("fifo");
    stat_all("/tmp");
    stat_all("/usr/bin/passwd");
    stat_all("nothing");
    C2(SYS_stat, "data", 0);
    C2(SYS_stat, "data", BAD);
    C2(SYS_stat, "data", AREA_END - 100);
    C2(SYS_stat, 0, 0);
    C2(SYS_fstat, fd, AREA);
    C2(SYS_fstat, -1, AREA);
    C2(SYS_fstat, fd, 0);
    C4(SYS_newfstatat, AT_FDCWD, "data", AREA, 0);
    C4(SYS_newfstatat, fd, "", AREA, AT_EMPTY_PATH);
    C4(SYS_newfstatat, -1, "x", AREA, HIGH | AT_SYMLINK_NOFOLLOW);
    EACH_BIT(bit) C4(SYS_newfstatat, -1, "x", AREA, bit);
    C4(SYS_newfstatat, -1, "x", AREA, -1);
    EACH_BIT(bit) C5(SYS_statx, -1, "", bit, bit, AREA);
    EACH(i, 0, 3) C5(SYS_statx, -1, "", i << 13, 0, AREA);
    C5(SYS_statx, -1, 0, -1, -1, 0);
    C5(SYS_statx, -1, "data", -1, 0x7ff, 0);
    C5(SYS_statx, AT_FDCWD, "data", 0, 0x7fffffff, AREA);
    C5(SYS_statx, AT_FDCWD, "data", 0, 0x7fff, BAD);
    C5(SYS_statx, fd, "", 0x1000, 1, AREA);
    C5(SYS_statx, fd, "", 0x1000, 0, AREA);
    C2(SYS_statfs, "/proc", AREA);
    C2(SYS_statfs, ".", AREA);
    C2(SYS_statfs, "/dev", AREA);
    C2(SYS_statfs, "/sys", AREA);
    C2(SYS_statfs, "nothing", AREA);
    C2(SYS_statfs, "/proc", BAD);
    C2(SYS_fstatfs, fd, AREA);
    C2(SYS_fstatfs, -1, AREA);
    C2(SYS_fstatfs, fd, 0);
    C2(SYS_ustat, makedev(0, 5), AREA);
    C2(SYS_ustat, -1, 0);
    struct stat here;
    stat(".", &here);
    C2(SYS_ustat, here.st_dev, AREA);

    C2(SYS_access, "data", F_OK);
    EACH(i, -1, 8) C2(SYS_access, "nothing", i);
    C2(SYS_access, 0, HIGH);
    C2(SYS_access, BAD, 1);
    C3(SYS_faccessat, AT_FDCWD, "data", R_OK | W_OK);
    C3(SYS_faccessat, -1, "data", HIGH);
    C4(SYS_faccessat2, AT_FDCWD, "data", R_OK, AT_EACCESS);
    EACH_BIT(bit) C4(SYS_faccessat2, -1, "data", bit, bit);
    C4(SYS_faccessat2, -1, "data", -1, -1);
    C2(SYS_chmod, "data", 0644);
    C2(SYS_chmod, "data", 04755);
    C2(SYS_chmod, "nothing", -1);
    C2(SYS_chmod, "nothing", 0100644);
    C2(SYS_chmod, "nothing", HIGH | 01000);
    C2(SYS_fchmod, fd, 0600);
    C2(SYS_fchmod, -1, 0);
    C3(SYS_fchmodat, AT_FDCWD, "data", 02640);
    C3(SYS_fchmodat, -1, 0, 0);
    C4(NR_fchmodat2, AT_FDCWD, "data", 0644, 0);
    C4(NR_fchmodat2, -1, "data", 0644, AT_SYMLINK_NOFOLLOW);
    EACH_BIT(bit) C4(NR_fchmodat2, -1, "data", 0, bit);
    C3(SYS_chown, "data", 0, 0);
    C3(SYS_chown, "data", -1, -1);
    C3(SYS_lchown, "link", HIGH | 1, 0xfffffffe);
    C3(SYS_fchown, fd, -1, 0);
    C3(SYS_fchown, -1, 1000, 1000);
    C5(SYS_fchownat, AT_FDCWD, "data", -1, 0, 0);
    EACH_BIT(bit) C5(SYS_fchownat, -1, "data", -1, 0, bit);
    C5(SYS_fchownat, -1, 0, HIGH, HIGH, -1);

    C2(SYS_utime, "data", 0);
    long old[2] = {1500000000, -1};
    C2(SYS_utime, "data", put_last(old, 16));
    C2(SYS_utime, "nothing", put_last(old, 16));
    C2(SYS_utime, "data", AREA_END - 8);
    struct timeval precise[2] = {{1500000000, 5}, {1400000000, 999999}};
    C2(SYS_utimes, "data", put_last(precise, 32));
    C2(SYS_utimes, "data", 0);
    C2(SYS_utimes, "data", AREA_END - 16);
    precise[1].tv_usec = -1; precise[0].tv_sec = 0x7fffffffffffffff;
    C2(SYS_utimes, "data", put_last(precise, 32));
    C3(SYS_futimesat, AT_FDCWD, "data", put_last(precise, 32));
    C3(SYS_futimesat, fd, 0, 0);
    C4(SYS_utimensat, fd, 0, 0, 0);
    times[0] = (struct timespec){0, UTIME_NOW}; times[1] = (struct timespec){5, UTIME_OMIT};
    C4(SYS_utimensat, AT_FDCWD, "data", put_last(times, 32), 0);
    times[0] = (struct timespec){0, UTIME_NOW}; times[1] = (struct timespec){0, UTIME_NOW};
    C4(SYS_utimensat, AT_FDCWD, "data", put_last(times, 32), 0);
    times[0] = (struct timespec){0, UTIME_OMIT}; times[1] = (struct timespec){0, UTIME_OMIT};
    C4(SYS_utimensat, AT_FDCWD, "data", put_last(times, 32), AT_SYMLINK_NOFOLLOW);
    times[0] = (struct timespec){1, 1000000000}; times[1] = (struct timespec){-5, -5};
    C4(SYS_utimensat, AT_FDCWD, "data", put_last(times, 32), 0);
    times[0] = (struct timespec){253402300800, 5}; times[1] = (struct timespec){0x7fffffffffffffff, 5};
    C4(SYS_utimensat, -1, "data", put_last(times, 32), 0);
    C4(SYS_utimensat, -1, "data", AREA_END - 16, 0);
    EACH_BIT(bit) C4(SYS_utimensat, -1, "data", 0, bit);
    C4(SYS_utimensat, -1, BAD, BAD, -1);
}

static void names(void)
{
    file("data", 0);
    C2(SYS_link, "data", "hard");
    C2(SYS_link, "data", "hard");
    C2(SYS_link, 0, BAD);
    C5(SYS_linkat, AT_FDCWD, "data", AT_FDCWD, "hard2", 0);
    EACH_BIT(bit) C5(SYS_linkat, -1, "data", -1, "hard2", bit);
    C5(SYS_linkat, -1, 0, -2, BAD, -1);
    C2(SYS_symlink, "data", "soft");
    C2(SYS_symlink, "", "soft");
    C2(SYS_symlink, 0, 0);
    C3(SYS_symlinkat, "data", AT_FDCWD, "soft2");
    C3(SYS_symlinkat, BAD, -1, BAD);
    C3(SYS_readlink, "soft", AREA, 100);
    C3(SYS_readlink, "soft", AREA, 2);
    C3(SYS_readlink, "soft", BAD, 100);
    C3(SYS_readlink, "data", AREA, 100);
    C3(SYS_readlink, 0, AREA, HIGH);
    symlink("a long target that is longer than thirty-two bytes, the usual limit", "soft3");
    symlink("quote\"\n", "soft4");
    C3(SYS_readlink, "soft3", AREA, 4096);
    C3(SYS_readlink, "soft4", AREA, 4096);
    C4(SYS_readlinkat, AT_FDCWD, "soft3", AREA, 4096);
    C4(SYS_readlinkat, -1, 0, AREA, HIGH | 0xffffffff);
    C1(SYS_unlink, "soft4");
    C1(SYS_unlink, "nothing");
    C1(SYS_unlink, 0);
    C3(SYS_unlinkat, AT_FDCWD, "soft3", 0);
    C3(SYS_unlinkat, AT_FDCWD, "soft3", AT_REMOVEDIR);
    EACH_BIT(bit) C3(SYS_unlinkat, -1, "soft3", bit);
    C3(SYS_unlinkat, -1, 0, -1);
    C2(SYS_rename, "hard", "hard3");
    C2(SYS_rename, 0, BAD);
    C4(SYS_renameat, AT_FDCWD, "hard3", AT_FDCWD, "hard");
    C4(SYS_renameat, -1, "hard3", -3, "hard");
    C5(SYS_renameat2, AT_FDCWD, "hard", AT_FDCWD, "data", RENAME_EXCHANGE);
    EACH_BIT(bit) C5(SYS_renameat2, -1, "a", -1, "b", bit);
    C5(SYS_renameat2, -1, "a", -1, "b", 0);
    C5(SYS_renameat2, -1, "a", -1, "b", -1);
    C2(SYS_mkdir, "directory", 0755);
    C2(SYS_mkdir, "directory", 01777);
    C2(SYS_mkdir, 0, -1);
    C3(SYS_mkdirat, AT_FDCWD, "directory2", 0700);
    C3(SYS_mkdirat, -1, BAD, 0);
    int directory = open("directory", O_RDONLY | O_DIRECTORY);
    C3(SYS_getdents64, directory, AREA, 4096);
    C3(SYS_getdents64, directory, AREA, 4096);
    lseek(directory, 0, SEEK_SET);
    C3(SYS_getdents, directory, AREA, 4096);
    C3(SYS_getdents, directory, AREA, 4096);
    C3(SYS_getdents64, directory, AREA, 8);
    C3(SYS_getdents64, -1, AREA, 4096);
    C3(SYS_getdents, -1, 0, HIGH);
    lseek(directory, 0, SEEK_SET);
    C3(SYS_getdents64, directory, BAD, 4096);
    C3(SYS_getdents, directory, 0, 4096);
    int devices = open("/dev", O_RDONLY | O_DIRECTORY);
    C3(SYS_getdents64, devices, AREA, 1000);
    C3(SYS_getdents, devices, AREA, 1000);
    int here = open(".", O_RDONLY);
    char name[256];
    memset(name, 'n', 255);
    name[255] = 0;
    chdir("directory");
    file(name, 0);
    file("nl\n\377", 0);
    lseek(directory, 0, SEEK_SET);
    C3(SYS_getdents64, directory, AREA, 0x8000);
    lseek(directory, 0, SEEK_SET);
    C3(SYS_getdents, directory, AREA, 0x8000);
    C2(SYS_getcwd, AREA, 4096);
    C2(SYS_getcwd, AREA, 4);
    C2(SYS_getcwd, BAD, 4096);
    C2(SYS_getcwd, 0, HIGH);
    unlink(name);
    unlink("nl\n\377");
    fchdir(here);
    C1(SYS_rmdir, "directory");
    C1(SYS_rmdir, "nothing");
    C1(SYS_rmdir, BAD);
    C3(SYS_mknod, "node", S_IFREG | 0644, 0);
    C3(SYS_mknod, "", S_IFREG | 0644, makedev(1, 2));
    C3(SYS_mknod, "", S_IFCHR | 0644, makedev(1, 3));
    C3(SYS_mknod, "", S_IFBLK | 0644, makedev(0x1234, 0x56789));
    C3(SYS_mknod, "", S_IFBLK | 0644, -1);
    C3(SYS_mknod, "", S_IFIFO, 5);
    C3(SYS_mknod, "", S_IFSOCK | S_ISUID, 5);
    C3(SYS_mknod, "", 0644, 5);
    C3(SYS_mknod, "", -1, HIGH);
    EACH(i, 0, 16) C3(SYS_mknod, "", i << 12, 0);
    C4(SYS_mknodat, -1, "x", S_IFCHR | 0600, makedev(5, 1));
    C4(SYS_mknodat, -1, "x", S_IFREG | 0600, makedev(5, 1));
    C1(SYS_chdir, ".");
    C1(SYS_chdir, "nothing");
    C1(SYS_chdir, 0);
    C1(SYS_fchdir, -1);
    C1(SYS_chroot, "nothing");
    C1(SYS_chroot, BAD);
    C2(SYS_pivot_root, "nothing", "/nothing");
    C2(SYS_pivot_root, 0, BAD);
}

static void attributes(void)
{
    int fd = file("data", 0);
    char value[100];
    memset(value, 'v', 100);
    C5(SYS_setxattr, "data", "user.one", "value", 5, 1);
    C5(SYS_setxattr, "data", "user.two", value, 100, 0);
    C5(SYS_setxattr, "data", "user.three", "nul\0", 4, 2);
    C5(SYS_setxattr, "nothing", "user.three", 0, 0, 1);
    C5(SYS_setxattr, "nothing", "user.three", 0, 5, 1);
    C5(SYS_setxattr, "nothing", "user.three", BAD, 5, 1);
    C5(SYS_setxattr, "nothing", BAD, put_last("abc", 3), 5, 1);
    C5(SYS_setxattr, "nothing", 0, value, -1, 1);
    EACH_BIT(bit) C5(SYS_lsetxattr, "nothing", "n", "v", 1, bit);
    C5(SYS_lsetxattr, "nothing", "n", "v", 1, -1);
    C5(SYS_fsetxattr, -1, "n", "v", 1, HIGH);
    C5(SYS_fsetxattr, fd, "n", "v", 1, 0);
    C4(SYS_getxattr, "data", "user.one", AREA, 100);
    C4(SYS_getxattr, "data", "user.two", AREA, 100);
    C4(SYS_getxattr, "data", "user.two", 0, 0);
    C4(SYS_getxattr, "data", "user.two", AREA, 0);
    C4(SYS_getxattr, "data", "user.two", AREA, 10);
    C4(SYS_getxattr, "data", "user.none", AREA, 10);
    C4(SYS_lgetxattr, "data", "a name that is longer than thirty-two bytes", AREA, HIGH);
    C4(SYS_lgetxattr, 0, BAD, BAD, 10);
    C4(SYS_fgetxattr, fd, "user.one", AREA, 100);
    C4(SYS_fgetxattr, -1, "user.one", AREA, 100);
    C3(SYS_listxattr, "data", AREA, 100);
    C3(SYS_listxattr, "data", 0, 0);
    C3(SYS_listxattr, "data", AREA, 4);
    C3(SYS_llistxattr, "nothing", AREA, HIGH);
    C3(SYS_flistxattr, fd, AREA, 1000);
    C3(SYS_flistxattr, -1, BAD, 1000);
    C2(SYS_removexattr, "data", "user.one");
    C2(SYS_lremovexattr, "data", "user.one");
    C2(SYS_fremovexattr, -1, BAD);
    struct { uint64_t value; uint32_t size, flags; uint64_t more; } args = {P(value), 100, 1, 0};
    C6(NR_setxattrat, AT_FDCWD, "nothing", 0, "user.x", put_last(&args, 16), 16);
    args.size = 5; args.flags = 0xff;
    C6(NR_setxattrat, -1, "nothing", -1, "user.x", put_last(&args, 16), 16);
    C6(NR_setxattrat, -1, "nothing", 0x1100, "user.x", put_last(&args, 24), 24);
    args.more = 5;
    C6(NR_setxattrat, -1, "nothing", 0x1100, "user.x", put_last(&args, 24), 24);
    C6(NR_setxattrat, -1, "nothing", 0x1100, "user.x", put_last(&args, 24), 12);
    C6(NR_setxattrat, -1, "nothing", 0x1100, "user.x", put_last(&args, 24), 17);
    C6(NR_setxattrat, -1, "nothing", 0x1100, "user.x", put_last(&args, 16), 24);
    C6(NR_setxattrat, -1, "nothing", 0x1100, "user.x", put_last(&args, 24), -1);
    C6(NR_setxattrat, -1, "nothing", 0, "user.x", 0, 16);
    C6(NR_setxattrat, -1, "nothing", 0, "user.x", BAD, 16);
    args.value = BAD;
    C6(NR_setxattrat, -1, "nothing", 0, "user.x", put_last(&args, 16), 16);
    C6(NR_getxattrat, -1, "nothing", 0, "user.x", put_last(&args, 16), 16);
    args.value = P(AREA); args.size = 200; args.flags = 0; args.more = 0;
    C6(NR_getxattrat, AT_FDCWD, "data", 0, "user.two", put_last(&args, 16), 16);
    C6(NR_getxattrat, AT_FDCWD, "data", 0, "user.none", put_last(&args, 16), 16);
    C6(NR_getxattrat, AT_FDCWD, "data", 0, "user.two", put_last(&args, 24), 24);
    C6(NR_getxattrat, AT_FDCWD, "data", 0, "user.two", put_last(&args, 24), 12);
    args.flags = 3;
    C6(NR_getxattrat, AT_FDCWD, "data", 0, "user.two", put_last(&args, 16), 16);
    args.size = 0; args.flags = 0; args.value = 0;
    C6(NR_getxattrat, AT_FDCWD, "data", 0, "user.two", put_last(&args, 16), 16);
    C6(NR_getxattrat, AT_FDCWD, "data", 0, "user.two", 0, 16);
    C6(NR_getxattrat, AT_FDCWD, "data", 0, "user.two", BAD, 16);
    EACH_BIT(bit) C6(NR_getxattrat, -1, "data", bit, "user.two", BAD, 16);
    C5(NR_listxattrat, AT_FDCWD, "data", 0, AREA, 100);
    C5(NR_listxattrat, AT_FDCWD, "data", 0, 0, 0);
    C5(NR_listxattrat, -1, "data", 0x100, BAD, HIGH);
    C4(NR_removexattrat, AT_FDCWD, "data", 0, "user.two");
    C4(NR_removexattrat, -1, 0, -1, BAD);
    uint64_t word[4] = {0};
    C5(NR_file_getattr, AT_FDCWD, "data", put_last(word, 24), 24, 0);
    C5(NR_file_getattr, AT_FDCWD, "data", put_last(word, 32), 32, 0);
    C5(NR_file_getattr, AT_FDCWD, "data", put_last(word, 32), 8, 0);
    C5(NR_file_getattr, -1, "data", put_last(word, 24), 24, -1);
    C5(NR_file_getattr, -1, "data", 0, 24, HIGH);
    EACH_BIT(bit) C5(NR_file_getattr, -1, "data", 0, 24, bit);
    EACH_LONG_BIT(bit) {
        word[0] = bit;
        C5(NR_file_setattr, -1, "data", put_last(word, 24), 24, 0);
    }
    word[0] = 0x2; word[1] = 5 | 6UL << 32; word[2] = 7 | 8UL << 32; word[3] = 9;
    C5(NR_file_setattr, -1, "data", put_last(word, 24), 24, 0x100);
    C5(NR_file_setattr, -1, "data", put_last(word, 32), 32, 0x1000);
    C5(NR_file_setattr, -1, "data", put_last(word, 32), 20, 0x1000);
    C5(NR_file_setattr, -1, "data", put_last(word, 32), 12, 0x1000);
    C5(NR_file_setattr, -1, "data", put_last(word, 32), 24, 0x1000);
    C5(NR_file_setattr, -1, "data", put_last(word, 24), 32, 0x1000);
    C5(NR_file_setattr, -1, "data", put_last(word, 24), 0, 0x1000);
    C5(NR_file_setattr, -1, "data", BAD, 24, 0x1000);
    C5(NR_file_setattr, -1, 0, 0, -1, 0x1000);
}

static void handles(void)
{
    struct { uint32_t size; int32_t type; unsigned char data[200]; } handle = {0};
    int fd = file("data", 0);
    handle.size = 128;
    memset(handle.data, 0xab, 200);
    C5(SYS_name_to_handle_at, AT_FDCWD, "data", put_last(&handle, sizeof handle), AREA, 0);
    handle.size = 0;
    C5(SYS_name_to_handle_at, AT_FDCWD, "data", put_last(&handle, sizeof handle), AREA, 0);
    C5(SYS_name_to_handle_at, AT_FDCWD, "data", put_last(&handle, 8), AREA, 0);
    C5(SYS_name_to_handle_at, AT_FDCWD, "data", AREA_END - 4, AREA, 0);
    C5(SYS_name_to_handle_at, fd, "", put_last(&handle, sizeof handle), AREA, 0x1000);
    handle.size = 200;
    C5(SYS_name_to_handle_at, AT_FDCWD, "data", put_last(&handle, sizeof handle), BAD, 0);
    C5(SYS_name_to_handle_at, AT_FDCWD, "data", put_last(&handle, sizeof handle), 0, 1);
    C5(SYS_name_to_handle_at, -1, 0, 0, BAD, -1);
    C5(SYS_name_to_handle_at, -1, "data", BAD, BAD, 0);
    EACH_BIT(bit) C5(SYS_name_to_handle_at, -1, "x", put_last(&handle, sizeof handle), AREA, bit);
    handle.size = 8; handle.type = 1;
    C3(SYS_open_by_handle_at, -1, put_last(&handle, 16), O_RDONLY);
    C3(SYS_open_by_handle_at, AT_FDCWD, put_last(&handle, 12), O_RDWR | O_CREAT);
    handle.size = 128;
    C3(SYS_open_by_handle_at, -1, put_last(&handle, 136), O_RDONLY);
    handle.size = 129; handle.type = -1;
    C3(SYS_open_by_handle_at, -1, put_last(&handle, 200), O_RDONLY);
    handle.size = 0;
    C3(SYS_open_by_handle_at, -1, put_last(&handle, 8), O_RDONLY);
    C3(SYS_open_by_handle_at, -1, AREA_END - 4, O_RDONLY);
    EACH(i, 0, 12) {
        handle.size = 4; handle.type = i;
        C3(SYS_open_by_handle_at, -1, put_last(&handle, 12), O_RDONLY);
        handle.type = 0xf0 + i;
        C3(SYS_open_by_handle_at, -1, put_last(&handle, 12), O_RDONLY);
    }
    C3(SYS_open_by_handle_at, -1, 0, -1);
    C3(SYS_open_by_handle_at, -1, BAD, O_PATH);
}

static void mounts(void)
{
    C5(SYS_mount, "source", "nothing", "ext4", 0, 0);
    C5(SYS_mount, "source", "nothing", "ext4", 1, "data=ordered");
    C5(SYS_mount, 0, 0, 0, 0, 0);
    C5(SYS_mount, BAD, BAD, BAD, BAD, BAD);
    EACH_BIT(bit) C5(SYS_mount, "source", "nothing", "type", bit, "options");
    EACH_BIT(bit) C5(SYS_mount, "source", "nothing", "type", 0xc0ed0000 | bit, "options");
    C5(SYS_mount, "source", "nothing", "type", -1, "options");
    C5(SYS_mount, "source", "nothing", "type", HIGH, "options");
    C5(SYS_mount, "source", "nothing", 0, 0x1000, 0);
    C5(SYS_mount, "source", "nothing", BAD, 0x5000, BAD);
    C5(SYS_mount, BAD, "nothing", BAD, 0x2000, BAD);
    C5(SYS_mount, "s", "nothing", "t", 0x20, "d");
    C5(SYS_mount, "s", "nothing", "t", 0x1020, "d");
    C5(SYS_mount, "s", "nothing", "t", 0x40000, "d");
    C5(SYS_mount, "a source that is longer than thirty-two bytes", "nothing", "a type that is longer than thirty-two bytes", 0,
       "data that is longer than thirty-two bytes");
    C2(SYS_umount2, "nothing", 0);
    EACH_BIT(bit) C2(SYS_umount2, "nothing", bit);
    C2(SYS_umount2, BAD, -1);
    C2(SYS_fsopen, "nothing", 0);
    C2(SYS_fsopen, "nothing", 1);
    C2(SYS_fsopen, BAD, -1);
    EACH_BIT(bit) C2(SYS_fsopen, "nothing", bit);
    char key[300];
    memset(key, 'k', 299);
    key[299] = 0;
    EACH(i, -1, 10) {
        C5(SYS_fsconfig, -1, i, "key", "value", 0);
        C5(SYS_fsconfig, -1, i, "key", "value", 5);
        C5(SYS_fsconfig, -1, i, 0, 0, 0);
        C5(SYS_fsconfig, -1, i, BAD, BAD, -1);
        C5(SYS_fsconfig, -1, i, key, key, -100);
        C5(SYS_fsconfig, -1, i, key + 43, key + 43, 40);
        C5(SYS_fsconfig, -1, i, key + 44, key + 44, HIGH | 3);
    }
    C5(SYS_fsconfig, -1, 2, "key", put_last("abc", 3), 5);
    C3(SYS_fsmount, -1, 0, 0);
    EACH_BIT(bit) C3(SYS_fsmount, -1, bit, bit);
    C3(SYS_fsmount, -1, -1, -1);
    EACH(i, 0, 8) C3(SYS_fsmount, -1, 1, i << 4);
    C3(SYS_fspick, AT_FDCWD, "nothing", 0);
    EACH_BIT(bit) C3(SYS_fspick, -1, "nothing", bit);
    C3(SYS_fspick, -1, BAD, -1);
    C5(SYS_move_mount, -1, "", AT_FDCWD, "/mnt", 4);
    EACH_BIT(bit) C5(SYS_move_mount, -1, "nothing", -1, "nothing", bit);
    C5(SYS_move_mount, -1, 0, -1, BAD, -1);
    C5(SYS_move_mount, -1, 0, -1, BAD, 0);
    C3(SYS_open_tree, AT_FDCWD, "nothing", 0);
    EACH_BIT(bit) C3(SYS_open_tree, -1, "nothing", bit);
    C3(SYS_open_tree, -1, BAD, -1);
    struct { uint64_t set, clear, propagation, userns, more; } attributes = {1, 2, 0x40000, 3, 0};
    void *a = put_last(&attributes, 32);
    C5(SYS_mount_setattr, AT_FDCWD, "nothing", 0, a, 32);
    C5(NR_open_tree_attr, AT_FDCWD, "nothing", 1, a, 32);
    EACH_BIT(bit) C5(SYS_mount_setattr, -1, "nothing", bit, a, 32);
    EACH_BIT(bit) C5(NR_open_tree_attr, -1, "nothing", bit, a, 32);
    EACH_LONG_BIT(bit) {
        attributes.set = attributes.clear = attributes.propagation = bit;
        attributes.userns = bit;
        C5(SYS_mount_setattr, -1, "nothing", 0, put_last(&attributes, 32), 32);
    }
    EACH(i, 0, 8) {
        attributes.set = attributes.clear = i << 4;
        C5(SYS_mount_setattr, -1, "nothing", 0, put_last(&attributes, 32), 32);
    }
    attributes.userns = 0;
    attributes.propagation = 0;
    C5(SYS_mount_setattr, -1, "nothing", 0, put_last(&attributes, 40), 40);
    attributes.more = 1;
    C5(SYS_mount_setattr, -1, "nothing", 0, put_last(&attributes, 40), 40);
    C5(SYS_mount_setattr, -1, "nothing", 0, put_last(&attributes, 32), 40);
    C5(SYS_mount_setattr, -1, "nothing", 0, put_last(&attributes, 32), 31);
    C5(SYS_mount_setattr, -1, "nothing", 0, 0, 32);
    C5(SYS_mount_setattr, -1, BAD, -1, BAD, -1);
    C5(NR_open_tree_attr, -1, BAD, -1, BAD, -1);
    C5(NR_open_tree_attr, -1, "nothing", 1, put_last(&attributes, 40), 40);

    struct { uint32_t size, fd; uint64_t id, param, ns, more; } request = {24, 0, 1, 0xffff, 0, 0};
    C4(NR_statmount, put_last(&request, 24), AREA, 0x1000, 0);
    C4(NR_listmount, put_last(&request, 24), AREA, 10, 0);
    EACH_LONG_BIT(bit) {
        request.param = bit;
        C4(NR_statmount, put_last(&request, 24), BAD, 0x1000, bit);
        C4(NR_listmount, put_last(&request, 24), BAD, 10, bit);
    }
    request.id = -1; request.param = 0; request.size = 32; request.ns = 7;
    C4(NR_listmount, put_last(&request, 32), AREA, 100, 0);
    C4(NR_statmount, put_last(&request, 32), AREA, 100, 0);
    request.ns = 0;
    C4(NR_listmount, put_last(&request, 32), AREA, 100, 0);
    C4(NR_listmount, put_last(&request, 32), AREA, 2, 1);
    C4(NR_listmount, put_last(&request, 32), AREA, 0, 0);
    request.size = 40;
    C4(NR_listmount, put_last(&request, 40), AREA, 100, 0);
    request.more = 9;
    C4(NR_listmount, put_last(&request, 40), AREA, 100, 0);
    C4(NR_statmount, put_last(&request, 40), AREA, 100, 0);
    request.size = 16; request.fd = 5;
    C4(NR_listmount, put_last(&request, 40), AREA, 100, 0);
    C4(NR_statmount, put_last(&request, 40), AREA, 100, 1);
    request.size = 24;
    C4(NR_listmount, put_last(&request, 40), AREA, 100, 0);
    C4(NR_statmount, put_last(&request, 40), AREA, 100, 1);
    request.size = 32;
    C4(NR_statmount, put_last(&request, 40), AREA, 100, 1);
    C4(NR_statmount, put_last(&request, 24), AREA, 100, 1);
    request.size = 8;
    C4(NR_statmount, put_last(&request, 40), AREA, 100, 1);
    request.size = 3;
    C4(NR_statmount, put_last(&request, 40), AREA, 100, 1);
    request.size = 100000;
    C4(NR_statmount, put_last(&request, 40), AREA, 100, 1);
    C4(NR_statmount, 0, 0, -1, -1);
    C4(NR_listmount, BAD, BAD, -1, -1);
    C4(NR_listmount, AREA_END - 3, 0, 0, 0);
    struct { unsigned char bytes[0x200]; } status;
    struct statx_mount { uint32_t mask; } ignored = {0};
    (void)ignored;
    memset(&status, 0, sizeof status);
    uint32_t *unique = (void *)(AREA + 0x2000);
    syscall(SYS_statx, AT_FDCWD, "/proc", 0, 0x4000, unique);
    request.id = *(uint64_t *)((char *)unique + 0x90);
    request.fd = 0; request.size = 24;
    EACH(i, 0, 16) {
        request.param = i == 16 ? 0xffff : 1UL << i;
        C4(NR_statmount, put_last(&request, 24), AREA, 0x1000, 0);
    }
    request.param = 0xfff;
    C4(NR_statmount, put_last(&request, 24), AREA, 0x210, 0);
    syscall(SYS_statx, AT_FDCWD, "/", 0, 0x4000, unique);
    request.id = *(uint64_t *)((char *)unique + 0x90);
    request.param = 0xffffffff;
    C4(NR_statmount, put_last(&request, 24), AREA, 0x1000, 0);
    C4(NR_listmount, put_last(&request, 24), AREA, 5, 0);
    C4(NR_listmount, put_last(&request, 24), AREA, 1000, 0);
}

static void quotas(void)
{
    long commands[] = {0x800001, 0x800002, 0x800003, 0x800004, 0x800005, 0x800006, 0x800007, 0x800008, 0x800009, 0x5801, 0x5802,
                       0x5803, 0x5804, 0x5805, 0x5806, 0x5807, 0x5808, 0x5809, 0x580a, 0x123456, 0};
    unsigned char *data = filled(0);
    for (int i = 0; i < 200; i++)
        data[i] = i < 8 ? i : i / 4;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        EACH(type, 0, 3) {
            C4(SYS_quotactl, commands[i] << 8 | type, "/dev/nothing", 0, AREA);
            C4(SYS_quotactl, commands[i] << 8 | type, 0, -1, 0);
        }
        C4(SYS_quotactl, commands[i] << 8 | 0xff, "/dev/nothing", 2, BAD);
        C4(SYS_quotactl, HIGH | commands[i] << 8 | 1, BAD, HIGH | 2, "/path");
        C4(SYS_quotactl, commands[i] << 8 | 1, "/dev/nothing", 5, AREA_END - 3);
        C4(SYS_quotactl_fd, -1, commands[i] << 8 | 2, 1, AREA);
        C4(SYS_quotactl_fd, -1, commands[i] << 8, 1, 0);
    }
    EACH(i, 0, 8) C4(SYS_quotactl, 0x80000200 | 1, "x", i, "/path");
    EACH_BIT(bit) {
        uint64_t quota[9] = {1, 2, 3, 4, 5, 6, 7, 8, bit};
        C4(SYS_quotactl, 0x80000801 & ~0U, "x", 1, put_last(quota, sizeof quota));
        uint64_t info[3] = {1, 2, bit | bit << 32};
        C4(SYS_quotactl, 0x80000601 & ~0U, "x", 1, put_last(info, sizeof info));
        C4(SYS_quotactl, 0x00580101, "x", 1, put_last(&bit, 4));
        C4(SYS_quotactl, 0x00580601, "x", 1, put_last(&bit, 4));
    }
    C1(SYS_acct, "nothing");
    C1(SYS_acct, BAD);
    C2(SYS_swapon, "nothing", 0);
    EACH_BIT(bit) C2(SYS_swapon, "nothing", bit);
    C2(SYS_swapon, "nothing", 0xffff);
    C2(SYS_swapon, "nothing", 0x8005);
    C2(SYS_swapon, BAD, -1);
    C1(SYS_swapoff, "nothing");
    C1(SYS_swapoff, 0);
    C2(SYS_sysfs, 1, "ext4");
    C3(SYS_sysfs, 2, 1, AREA);
    C1(SYS_sysfs, 3);
    C3(SYS_sysfs, -1, BAD, HIGH);
    C1(SYS_uselib, "nothing");
    C1(SYS_uselib, 0);
    C3(SYS_lookup_dcookie, 5, AREA, 100);
    C3(SYS_lookup_dcookie, -1, 0, HIGH);
}

int main(int argc, char **argv)
{
    static const struct { const char *name; void (*run)(void); } topics[] = {
        {"opening", opening}, {"transfer", transfer}, {"descriptors", descriptors}, {"status", status}, {"names", names},
        {"attributes", attributes}, {"handles", handles}, {"mounts", mounts}, {"quotas", quotas},
    };
    static const char directory[] = "calls_files.d";

    mmap((void *)AREA, 0x10000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    mkdir(directory, 0755);
    if (chdir(directory))
        return 1;
    for (size_t i = 0; i < sizeof topics / sizeof *topics; i++) {
        int wanted = argc == 1;
        for (int k = 1; k < argc; k++)
            wanted |= !strcmp(argv[k], topics[i].name);
        if (wanted)
            topics[i].run();
    }
    return chdir("..") || system("rm -rf calls_files.d");
}
