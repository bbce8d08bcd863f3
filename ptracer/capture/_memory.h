/* Copying a tracee's memory by a plan, into a record in the making. */

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <limits.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { STRING = 1, BYTES, IOVEC, STRINGS, POINTERS, SOCKET, LINK, COMMAND, STACK, MAPPINGS };
enum { CONSTANT, ARGUMENT, RESULT, TARGET, FIELD };

#ifndef PIDFD_THREAD
#define PIDFD_THREAD O_EXCL /* linux/pidfd.h */
#endif

#define PAGE 4096ull
#define SOCKETS 0xffff800000000000ull /* where the protocols of sockets stand among the chunks */
#define LINKS 0xffff900000000000ull /* what descriptors refer to */
#define DETAILS 0xffffa00000000000ull /* and what else is known of that */
#define COMMANDS 0xffffb00000000000ull /* names of processes */
#define STACKS 0xffffc00000000000ull /* registers, and the stack that they point to */
#define MAPS 0xffffc80000000000ull /* what is mapped */
#define PLACE(base, number) ((base) + ((uint64_t)(uint32_t)(number) << 12))
#define RESULT_VALUE 7
#define OWN 8
#define MOST_OF_RECORD (1u << 20) /* bytes of memory in one record, whatever the plan says */
#define MOST_CHUNKS 4000

struct step {
    uint64_t length_argument, scale, limit;
    uint16_t argument;
    uint8_t operation, length_kind;
};

struct steps {
    unsigned count;
    struct step *step;
};

struct copying {
    struct buffer *buffer;
    unsigned chunks;
    pid_t tid;
    int word;
    const uint64_t *args;
    int64_t result;
    size_t most;
};

static size_t padded(size_t size)
{
    return (size + 7) & ~(size_t)7;
}

/* Word by word, for sandboxes without process_vm_readv and for tracees that changed their user: the tracer
 * may still ask these through ptrace. */
static size_t tracee_peek(pid_t tid, uint64_t address, char *to, size_t size)
{
    size_t got = 0;
    while (got < size) {
        size_t skip = (address + got) % sizeof(long), part = sizeof(long) - skip;
        errno = 0;
        long word = ptrace(PTRACE_PEEKDATA, tid, (void *)(uintptr_t)(address + got - skip), NULL);
        if (errno)
            break;
        if (part > size - got)
            part = size - got;
        memcpy(to + got, (char *)&word + skip, part);
        got += part;
    }
    return got;
}

/* Word by word, for a tracer may so write where the tracee itself may not: a constant of the program. */
static size_t tracee_write(pid_t tid, uint64_t address, const char *from, size_t size)
{
    size_t put = 0;
    while (put < size) {
        size_t skip = (address + put) % sizeof(long), part = sizeof(long) - skip;
        void *place = (void *)(uintptr_t)(address + put - skip);
        if (part > size - put)
            part = size - put;
        errno = 0;
        long word = part < sizeof word ? ptrace(PTRACE_PEEKDATA, tid, place, NULL) : 0;
        if (errno)
            break;
        memcpy((char *)&word + skip, from + put, part);
        if (ptrace(PTRACE_POKEDATA, tid, place, (void *)word) < 0)
            break;
        put += part;
    }
    return put;
}

static ssize_t tracee_copy(pid_t tid, uint64_t address, char *to, size_t size)
{
    struct iovec local = {to, size}, remote = {(void *)(uintptr_t)address, size};
    return process_vm_readv(tid, &local, 1, &remote, 1, 0);
}

/* As many bytes at `address` as can be read, at most `size`. */
static size_t tracee_read(pid_t tid, uint64_t address, char *to, size_t size)
{
    if (address > UINT64_MAX - size)
        return 0;
    ssize_t n = tracee_copy(tid, address, to, size);
    if (n < 0 && (errno == ENOSYS || errno == EPERM))
        return tracee_peek(tid, address, to, size);
    size_t got = n > 0 ? (size_t)n : 0, part;
    if (got || address % PAGE + size <= PAGE)
        return got;
    do { /* page by page: kernels before 3.15 copy nothing where they cannot copy everything */
        part = PAGE - (address + got) % PAGE;
        if (part > size - got)
            part = size - got;
        n = tracee_copy(tid, address + got, to + got, part);
        got += n > 0 ? n : 0;
    } while (n == (ssize_t)part && got < size);
    return got;
}

/* How many bytes the record has room for. */
static size_t room(const struct copying *c)
{
    return c->chunks < MOST_CHUNKS && c->buffer->used < c->most ? c->most - c->buffer->used : 0;
}

/* Open a chunk of at most `size` bytes; NULL: there is nothing to copy, or the record is full. */
static char *chunk_open(struct copying *c, uint64_t address, uint64_t *size)
{
    if (*size > room(c))
        *size = room(c);
    if (!address || !*size || !buffer_reserve(c->buffer, sizeof(struct chunk) + padded(*size)))
        return NULL;
    return c->buffer->data + c->buffer->used + sizeof(struct chunk);
}

static void chunk_close(struct copying *c, uint64_t address, size_t size)
{
    struct chunk *chunk = (struct chunk *)(c->buffer->data + c->buffer->used);
    chunk->address = address;
    chunk->size = size;
    c->buffer->used += sizeof *chunk + padded(size);
    c->chunks++;
}

/* Of the latest chunk, whose bytes are at `offset`, only the first `size` are kept. */
static void chunk_cut(struct copying *c, size_t offset, size_t size)
{
    ((struct chunk *)(c->buffer->data + offset - sizeof(struct chunk)))->size = size;
    c->buffer->used = offset + padded(size);
}

/* Copy `size` bytes, or what can be had of them; gives the place and the size got. */
static char *copy_bytes(struct copying *c, uint64_t address, uint64_t size, size_t *got)
{
    *got = 0;
    char *to = chunk_open(c, address, &size);
    if (!to)
        return NULL;
    *got = tracee_read(c->tid, address, to, size);
    chunk_close(c, address, *got);
    return to;
}

/* A string is read page by page: it may end just before memory does. */
static void copy_string(struct copying *c, uint64_t address, uint64_t limit)
{
    char *to = chunk_open(c, address, &limit);
    size_t got = 0;
    if (!to)
        return;
    while (got < limit) {
        size_t part = PAGE - (address + got) % PAGE;
        if (!got && part > 256)
            part = 256; /* most strings are short, and a long copy costs */
        if (part > limit - got)
            part = limit - got;
        size_t n = tracee_read(c->tid, address + got, to + got, part);
        char *end = memchr(to + got, 0, n);
        if (end) {
            got = end - to + 1;
            break;
        }
        got += n;
        if (n < part)
            break;
    }
    chunk_close(c, address, got);
}

static uint64_t word_at(const char *p, int word)
{
    uint64_t value = 0;
    memcpy(&value, p, word);
    return value;
}

/* How many bytes there are up to the NULL of an array of pointers, and with it. */
static size_t up_to_null(const char *data, size_t size, int word)
{
    for (size_t i = 0; i + word <= size; i += word)
        if (!word_at(data + i, word))
            return i + word;
    return size;
}

/* A NULL-terminated array of pointers, of which nothing behind the NULL is kept; with `limit` each is followed as a string. */
static void copy_strings(struct copying *c, uint64_t address, uint64_t most, uint64_t limit)
{
    enum { GROUP = 64 };
    for (uint64_t seen = 0; seen < most;) {
        size_t want = GROUP * c->word, got;
        size_t to_page = PAGE - address % PAGE;
        if (want > to_page && to_page % c->word == 0)
            want = to_page;
        if (most - seen < want / c->word)
            want = (most - seen) * c->word;
        size_t offset = c->buffer->used + sizeof(struct chunk);
        if (!copy_bytes(c, address, want, &got))
            return;
        size_t end = up_to_null(c->buffer->data + offset, got, c->word);
        if (end < got)
            chunk_cut(c, offset, got = want = end);
        for (size_t i = 0; i + c->word <= got; i += c->word, seen++) {
            uint64_t pointer = word_at(c->buffer->data + offset + i, c->word);
            if (!pointer)
                return;
            if (limit && seen + 1 < most)
                copy_string(c, pointer, limit);
        }
        if (got < want)
            return;
        address += got;
    }
}

static void copy_vectors(struct copying *c, uint64_t address, uint64_t count, uint64_t limit)
{
    size_t got, size = 2 * c->word;
    if (count > 1024)
        count = 1024;
    size_t offset = c->buffer->used + sizeof(struct chunk);
    if (!copy_bytes(c, address, count * size, &got))
        return;
    for (size_t i = 0; i + size <= got; i += size) {
        uint64_t base = word_at(c->buffer->data + offset + i, c->word);
        uint64_t length = word_at(c->buffer->data + offset + i + c->word, c->word);
        size_t part;
        copy_bytes(c, base, length < limit ? length : limit, &part);
    }
}

/* An integer `offset` bytes into what argument `n` points to; 0 where it cannot be read. */
static uint64_t field(const struct copying *c, unsigned n, unsigned offset, unsigned size)
{
    uint64_t value = 0;
    if (size > sizeof value || tracee_read(c->tid, c->args[n] + offset, (char *)&value, size) != size)
        return 0;
    return value;
}

/* The protocol of a netlink socket, in a chunk at an address that no tracee has; whether it is one.
   The name of a socket's protocol is to be had for any thread; the number only from the socket itself, so a
   duplicate is asked. A socket that has no address yet is not in the kernel's tables, by which others look
   protocols up: its protocol is given as -1. */
static int copy_socket(struct copying *c, int fd)
{
    char path[48], name[32];
    snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)c->tid, fd);
    ssize_t size = getxattr(path, "system.sockprotoname", name, sizeof name);
    if (size < 7 || memcmp(name, "NETLINK", 7))
        return 0;
    int pidfd = syscall(SYS_pidfd_open, c->tid, PIDFD_THREAD);
    if (pidfd < 0)
        pidfd = syscall(SYS_pidfd_open, c->tid, 0);
    int socket = pidfd < 0 ? -1 : syscall(SYS_pidfd_getfd, pidfd, fd, 0), protocol;
    socklen_t length = sizeof protocol;
    int known = socket >= 0 && !getsockopt(socket, SOL_SOCKET, SO_PROTOCOL, &protocol, &length);
    struct sockaddr_nl own = {0};
    length = sizeof own;
    if (known && (getsockname(socket, (struct sockaddr *)&own, &length) || !own.nl_pid))
        protocol = -1;
    if (socket >= 0)
        close(socket);
    if (pidfd >= 0)
        close(pidfd);
    uint64_t room = sizeof protocol, place = SOCKETS + (unsigned)fd;
    char *to = known ? chunk_open(c, place, &room) : NULL;
    if (!to || room < sizeof protocol)
        return 0;
    memcpy(to, &protocol, sizeof protocol);
    chunk_close(c, place, sizeof protocol);
    return 1;
}

enum { DEVICES = 1, ASKED = 2 };
#define MASTER makedev(5, 2) /* /dev/ptmx: the side of a pseudo-terminal that plays the terminal */

/* The file in /proc that stands for a descriptor; 0: there is none. */
static int link_path(char *path, size_t size, pid_t tid, int fd)
{
    if (fd == AT_FDCWD)
        return snprintf(path, size, "/proc/%d/cwd", (int)tid);
    return fd < 0 ? 0 : snprintf(path, size, "/proc/%d/fd/%d", (int)tid, fd);
}

static void copy_text(struct copying *c, uint64_t place, const char *text, size_t size)
{
    uint64_t wanted = size;
    char *to = chunk_open(c, place, &wanted);
    if (!to || wanted < size)
        return;
    memcpy(to, text, size);
    chunk_close(c, place, size);
}

/* The number of the other side of a pseudo-terminal, by the master's fdinfo; -1: it is not known. */
static int terminal_index(pid_t tid, int fd)
{
    char path[48], text[512];
    int index = -1;
    snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", (int)tid, fd);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return -1;
    ssize_t size = read(file, text, sizeof text - 1);
    close(file);
    text[size > 0 ? size : 0] = 0;
    const char *line = strstr(text, "\ntty-index:");
    return line && sscanf(line, "\ntty-index: %d", &index) == 1 ? index : -1;
}

/* What a descriptor refers to. */
static void copy_link(struct copying *c, int fd, uint64_t wanted)
{
    char path[48], text[PATH_MAX];
    struct stat about;
    if (!link_path(path, sizeof path, c->tid, fd))
        return;
    ssize_t size = readlink(path, text, sizeof text);
    if (size <= 0)
        return;
    copy_text(c, PLACE(LINKS, fd), text, size);
    if (!(wanted & DEVICES) || *text != '/' || stat(path, &about) || !(S_ISCHR(about.st_mode) || S_ISBLK(about.st_mode)))
        return;
    size = snprintf(text, sizeof text, "%s %u:%u", S_ISCHR(about.st_mode) ? "char" : "block", major(about.st_rdev), minor(about.st_rdev));
    int index = S_ISCHR(about.st_mode) && about.st_rdev == MASTER ? terminal_index(c->tid, fd) : -1;
    if (index >= 0)
        size += snprintf(text + size, sizeof text - size, " @/dev/pts/%d", index);
    copy_text(c, PLACE(DETAILS, fd), text, size);
}

/* The name of a process, without its newline. */
static void copy_command(struct copying *c, int pid, uint64_t place)
{
    char path[48], text[64];
    snprintf(path, sizeof path, "/proc/%d/comm", pid);
    int file = pid > 0 ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    ssize_t size = read(file, text, sizeof text);
    close(file);
    if (size > 1)
        copy_text(c, place, text, size - 1);
}

/* The registers of the thread, and its stack from the stack pointer upwards, at most `limit` bytes of it. What follows a
   stack is as a rule not mapped; behind that of a thread lies its control block, which the base of fs points to. */
static void copy_stack(struct copying *c, uint64_t limit)
{
    struct user_regs_struct registers;
    if (ptrace(PTRACE_GETREGS, c->tid, NULL, &registers) < 0)
        return;
    if (registers.fs_base > registers.rsp && registers.fs_base - registers.rsp < limit)
        limit = registers.fs_base - registers.rsp;
    uint64_t size = sizeof registers + limit;
    char *to = chunk_open(c, STACKS, &size);
    if (!to || size < sizeof registers)
        return;
    memcpy(to, &registers, sizeof registers);
    size_t got = tracee_read(c->tid, registers.rsp, to + sizeof registers, size - sizeof registers);
    chunk_close(c, STACKS, sizeof registers + got);
}

/* The mappings of the process, as text: at most `limit` bytes. */
static void copy_mappings(struct copying *c, uint64_t limit)
{
    char path[48];
    snprintf(path, sizeof path, "/proc/%d/maps", (int)c->tid);
    char *to = chunk_open(c, MAPS, &limit);
    int file = to ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    size_t got = 0;
    ssize_t n;
    while (got < limit && (n = read(file, to + got, limit - got)) > 0)
        got += n;
    close(file);
    chunk_close(c, MAPS, got);
}

static uint64_t value_of(const struct copying *c, unsigned n)
{
    return n == RESULT_VALUE ? (uint64_t)c->result : n == OWN ? (uint64_t)c->tid : c->args[n];
}

/* Whether a thread lives in another pid namespace than we do. */
static int foreign(pid_t tid)
{
    char path[48];
    struct stat own, theirs;
    snprintf(path, sizeof path, "/proc/%d/ns/pid", (int)tid);
    return !stat("/proc/self/ns/pid", &own) && !stat(path, &theirs) && (own.st_ino != theirs.st_ino || own.st_dev != theirs.st_dev);
}

/* Whether a descriptor of the plan refers to something that must be asked about (nothing that has a path), or a
 * process must be looked for. */
static int must_ask(const struct copying *c, const struct steps *steps)
{
    char path[48], text[5];
    for (unsigned i = 0; i < steps->count; i++) {
        const struct step *s = &steps->step[i];
        if (s->operation == COMMAND && s->argument != OWN && foreign(c->tid))
            return 1;
        if (s->operation == LINK && s->limit & ASKED && link_path(path, sizeof path, c->tid, (int)value_of(c, s->argument)) &&
            readlink(path, text, sizeof text) == sizeof text && *text != '/' && memcmp(text, "pipe:", sizeof text))
            return 1;
    }
    return 0;
}

static void copy_by_plan(struct copying *c, const struct steps *steps)
{
    uint64_t whole = 0; /* a limit that overrules those of the steps */
    for (unsigned i = 0; i < steps->count; i++) {
        const struct step *s = &steps->step[i];
        unsigned of = s->argument & 0xff, place = s->argument >> 8;
        uint64_t address = place ? field(c, of, place - 1, c->word) : value_of(c, of);
        uint64_t length = s->length_argument, limit = whole ? whole : s->limit, n = 0;
        size_t got;
        if (s->length_kind == ARGUMENT)
            length = c->args[s->length_argument];
        else if (s->length_kind == RESULT)
            length = c->result > 0 ? c->result : 0;
        else if (s->length_kind == TARGET) {
            char *p = copy_bytes(c, c->args[s->length_argument], 4, &got);
            if (got == 4)
                memcpy(&n, p, 4);
            length = n;
        } else if (s->length_kind == FIELD)
            length = field(c, length & 0xff, length >> 8 & 0xffff, length >> 24);
        switch (s->operation) {
        case STRING:
            copy_string(c, address, limit);
            break;
        case BYTES:
            if (__builtin_mul_overflow(length, s->scale, &length) || length > limit)
                length = limit;
            copy_bytes(c, address, length, &got);
            break;
        case IOVEC:
            copy_vectors(c, address, length, limit);
            break;
        case STRINGS:
            copy_strings(c, address, length, limit);
            break;
        case POINTERS:
            copy_strings(c, address, limit, 0);
            break;
        case SOCKET:
            if (copy_socket(c, (int)address))
                whole = s->limit;
            break;
        case LINK:
            copy_link(c, (int)address, s->limit);
            break;
        case COMMAND:
            copy_command(c, (int)address, PLACE(COMMANDS, of == OWN ? 0 : address));
            break;
        case STACK:
            copy_stack(c, s->limit);
            break;
        case MAPPINGS:
            copy_mappings(c, s->limit);
            break;
        }
    }
}
