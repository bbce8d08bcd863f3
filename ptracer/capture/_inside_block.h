/* The block: what runs inside a tracee instead of a system call that stops.
 *
 * It is copied as it is, so it must be position independent and complete: no call out of it, no constant outside of it
 * (setup.py sees to it that the compiler makes no tables), no register but the general ones. Everything is done with
 * bounds, and with nothing of the program's but its stack, below the red zone. */

__asm__(
    ".pushsection inside, \"ax\", @progbits\n"
    ".globl inside_entry, inside_trusted, inside_after, inside_later, inside_setup, inside_ready, inside_plainly\n"
    ".globl inside_copy, inside_copy_fault, inside_string, inside_string_fault, inside_string_end\n"
    ".hidden inside_entry, inside_trusted, inside_after, inside_later, inside_setup, inside_ready, inside_plainly\n"
    ".hidden inside_copy, inside_copy_fault, inside_string, inside_string_fault, inside_string_end\n"
    /* The call of a stub. */
    "inside_entry:\n"
    "    cmpl $0, %gs:20\n"
    "    je 4f\n"
    "    push %r15\n    push %r14\n    push %r13\n    push %r12\n    push %rbp\n    push %rbx\n"
    "    push %r9\n    push %r8\n    push %r10\n    push %rdx\n    push %rsi\n    push %rdi\n    push %rax\n"
    "    movl $0, %gs:16\n"
    "    mov %rsp, %gs:8\n"
    "    mov %rsp, %rdi\n"
    "    call inside_enter\n"
    "    test %eax, %eax\n"
    "    jz 1f\n"
    "    mov (%rsp), %rax\n    mov 8(%rsp), %rdi\n    mov 16(%rsp), %rsi\n    mov 24(%rsp), %rdx\n"
    "    mov 32(%rsp), %r10\n    mov 40(%rsp), %r8\n    mov 48(%rsp), %r9\n"
    "inside_trusted:\n"
    "    syscall\n"
    "inside_after:\n"
    "    mov %rax, %gs:24\n"
    "inside_later:\n"
    "    movl $1, %gs:16\n"
    "    mov %rsp, %rdi\n"
    "    call inside_leave\n"
    "    mov %gs:24, %rax\n"
    "    movq $0, %gs:8\n"
    "    xor %ecx, %ecx\n"
    "    jmp 2f\n"
    "1:  movq $0, %gs:8\n"
    "    mov (%rsp), %rax\n"
    "    mov $1, %ecx\n"
    "2:  lea 8(%rsp), %rsp\n"
    "    pop %rdi\n    pop %rsi\n    pop %rdx\n    pop %r10\n    pop %r8\n    pop %r9\n"
    "    lea 48(%rsp), %rsp\n"
    "    ret\n"
    "4:  mov $1, %ecx\n"
    "    ret\n"
    /* size_t inside_copy(char *to, uint64_t from, size_t size): how many bytes could not be copied. */
    "inside_copy:\n"
    "    mov %rdx, %rcx\n"
    "inside_copy_fault:\n"
    "    rep movsb\n"
    "    mov %rcx, %rax\n"
    "    ret\n"
    /* size_t inside_string(char *to, uint64_t from, size_t limit): how many were copied, with the NUL. */
    "inside_string:\n"
    "    xor %eax, %eax\n"
    "1:  cmp %rdx, %rax\n"
    "    jae inside_string_end\n"
    "inside_string_fault:\n"
    "    movb (%rsi,%rax), %cl\n"
    "    movb %cl, (%rdi,%rax)\n"
    "    inc %rax\n"
    "    test %cl, %cl\n"
    "    jnz 1b\n"
    "inside_string_end:\n"
    "    ret\n"
    /* How the region comes into being: r12 has its size, r13 where it goes, r14 the size of its plans. Ends in a call that
       stops; r12 has the descriptor then, and rbx whether all went well: 0. */
    "inside_setup:\n"
    "    mov $319, %eax\n    lea 3f(%rip), %rdi\n    mov $1, %esi\n"
    "    call inside_call\n"
    "    mov %rax, %rbx\n    test %rax, %rax\n    js 5f\n"
    "    mov %rax, %rbp\n"
    "    mov $77, %eax\n    mov %rbp, %rdi\n    mov %r12, %rsi\n"
    "    call inside_call\n"
    "    mov %rax, %rbx\n    test %rax, %rax\n    js 5f\n"
    "    mov $9, %eax\n    mov %r13, %rdi\n    mov %r14, %rsi\n    mov $1, %edx\n    mov $0x100001, %r10d\n    mov %rbp, %r8\n    xor %r9d, %r9d\n"
    "    call inside_call\n"
    "    mov %rax, %rbx\n    cmp %rax, %r13\n    jne 5f\n"
    "    mov $9, %eax\n    lea (%r13,%r14), %rdi\n    mov %r12, %rsi\n    sub %r14, %rsi\n    mov $3, %edx\n    mov $0x100001, %r10d\n    mov %rbp, %r8\n    mov %r14, %r9\n"
    "    call inside_call\n"
    "    mov %rax, %rbx\n    lea (%r13,%r14), %rdi\n    cmp %rax, %rdi\n    jne 5f\n"
    "    xor %ebx, %ebx\n"
    "    jmp 6f\n"
    "5:  test %rbx, %rbx\n    jnz 6f\n    dec %rbx\n"
    "6:  mov $-1, %rax\n"
    "    syscall\n"
    "inside_ready:\n"
    "    ud2\n"
    /* Calls of the block's own, which are trusted as well.
       int64_t inside_probe(uint64_t address): rt_sigprocmask(2) with a set there and no sense: -EFAULT, or -EINVAL. */
    "inside_probe:\n"
    "    mov %rdi, %rsi\n    mov $-1, %edi\n    xor %edx, %edx\n    mov $8, %r10d\n    mov $14, %eax\n    jmp inside_call\n"
    /* void inside_wait(uint64_t *address, uint32_t value, const int64_t *deadline): futex(2), FUTEX_WAIT. */
    "inside_wait:\n"
    "    mov %rdx, %r10\n    mov %esi, %edx\n    xor %esi, %esi\n    mov $202, %eax\n"
    "    jmp inside_call\n"
    /* int64_t inside_option(int descriptor, int level, int name, void *value, int *size): getsockopt(2). */
    "inside_option:\n"
    "    mov %rcx, %r10\n    mov $55, %eax\n"
    "inside_call:\n"
    "    syscall\n"
    "inside_plainly:\n"
    "    ret\n"
    "3:  .asciz \"ptracer\"\n"
    ".popsection\n");

extern char __start_inside[], __stop_inside[];
extern char inside_entry[], inside_trusted[], inside_after[], inside_later[], inside_setup[], inside_ready[], inside_plainly[];
extern char inside_copy_fault[], inside_string_fault[], inside_string_end[];
size_t inside_copy(char *to, uint64_t from, size_t size);
size_t inside_string(char *to, uint64_t from, size_t limit);
int64_t inside_probe(uint64_t address);
void inside_wait(uint64_t *address, uint32_t value, const int64_t *deadline);
int64_t inside_option(int descriptor, int level, int name, void *value, int *size);

#define IN_BLOCK section("inside"), target("general-regs-only"), no_sanitize("address", "undefined")
#define INSIDE __attribute__((IN_BLOCK, noinline, used, visibility("hidden")))
#define INSIDE_PART static inline __attribute__((IN_BLOCK, always_inline))
#define USER_END (1ull << 47)

struct making { /* a record */
    char *at, *end;
    unsigned chunks;
    int64_t result;
    const uint64_t *args;
};

INSIDE_PART uint64_t inside_time(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

INSIDE_PART struct area *inside_area(void)
{
    struct area *a;
    __asm__("mov %%gs:0, %0" : "=r"(a));
    return a;
}

/* Whether the page of an address can be read. A fault would be handled (see inside_faulted in _inside.h), but the kernel
 * forgets that a program ignores or blocks SIGSEGV when there is one. */
INSIDE int inside_readable(uint64_t address)
{
    uint64_t page = address / 4096;
    if (!page || address >= USER_END)
        return 0;
    uint64_t *known = &inside_area()->pages[(page ^ page >> 6) & (PAGES_KNOWN - 1)];
    if (*known == page)
        return 1;
    if (inside_probe(page * 4096) == -14)
        return 0;
    *known = page;
    return 1;
}

/* Copy what can be read of so many bytes, page by page; how many. */
INSIDE uint64_t inside_fetch(char *to, uint64_t from, uint64_t size)
{
    uint64_t got = 0;
    while (got < size && inside_readable(from + got)) {
        uint64_t part = 4096 - (from + got) % 4096;
        if (part > size - got)
            part = size - got;
        uint64_t missing = inside_copy(to + got, from + got, part);
        got += part - missing;
        if (missing)
            break;
    }
    return got;
}

/* Copy bytes into a chunk; where they are, and how many. As chunk_open and chunk_close do it. */
INSIDE char *inside_bytes(struct making *m, uint64_t address, uint64_t size, uint64_t *got)
{
    struct chunk *chunk = (struct chunk *)m->at;
    *got = 0;
    if (m->end - m->at < (int64_t)sizeof *chunk + 8 || !address || !size)
        return 0;
    uint64_t room = m->end - m->at - sizeof *chunk;
    if (size > room)
        size = room;
    *got = inside_fetch((char *)(chunk + 1), address, size);
    chunk->address = address;
    chunk->size = *got;
    m->at += sizeof *chunk + ((*got + 7) & ~7ull);
    m->chunks++;
    return (char *)(chunk + 1);
}

INSIDE void inside_text(struct making *m, uint64_t address, uint64_t limit)
{
    struct chunk *chunk = (struct chunk *)m->at;
    if (m->end - m->at < (int64_t)sizeof *chunk + 8 || !address || !limit)
        return;
    uint64_t room = m->end - m->at - sizeof *chunk, got = 0;
    if (limit > room)
        limit = room;
    char *to = (char *)(chunk + 1);
    while (got < limit && inside_readable(address + got)) {
        uint64_t part = 4096 - (address + got) % 4096;
        if (part > limit - got)
            part = limit - got;
        uint64_t copied = inside_string(to + got, address + got, part);
        got += copied;
        if (copied < part || !to[got - 1])
            break;
    }
    chunk->address = address;
    chunk->size = got;
    m->at += sizeof *chunk + ((got + 7) & ~7ull);
    m->chunks++;
}

/* An integer inside what an argument points to; 0 where it cannot be read. */
INSIDE uint64_t inside_field(const struct making *m, unsigned argument, unsigned offset, unsigned size)
{
    uint64_t value = 0, address = m->args[argument] + offset;
    if (size > sizeof value || inside_fetch((char *)&value, address, size) != size)
        return 0;
    return value;
}

INSIDE void inside_vectors(struct making *m, uint64_t address, uint64_t count, uint64_t limit)
{
    uint64_t got, part;
    const char *vectors = inside_bytes(m, address, count * 16, &got);
    for (uint64_t i = 0; vectors && i + 16 <= got; i += 16) {
        uint64_t base = *(const uint64_t *)(vectors + i), length = *(const uint64_t *)(vectors + i + 8);
        inside_bytes(m, base, length < limit ? length : limit, &part);
    }
}

INSIDE void inside_steps(struct making *m, const struct step *s, unsigned count)
{
    for (; count; count--, s++) {
        unsigned of = s->argument & 0xff, place = s->argument >> 8;
        uint64_t address = place ? inside_field(m, of, place - 1, 8) : of == RESULT_VALUE ? (uint64_t)m->result : m->args[of];
        uint64_t length = s->length_argument, limit = s->limit, got;
        if (s->length_kind == ARGUMENT)
            length = m->args[length];
        else if (s->length_kind == RESULT)
            length = m->result > 0 ? m->result : 0;
        else if (s->length_kind == TARGET) {
            const char *p = inside_bytes(m, m->args[length], 4, &got);
            length = p && got == 4 ? *(const uint32_t *)p : 0;
        } else if (s->length_kind == FIELD)
            length = inside_field(m, length & 0xff, length >> 8 & 0xffff, length >> 24);
        if (s->operation == STRING)
            inside_text(m, address, limit);
        else if (s->operation == BYTES) {
            if (__builtin_mul_overflow(length, s->scale, &length) || length > limit)
                length = limit;
            inside_bytes(m, address, length, &got);
        } else if (s->operation == IOVEC)
            inside_vectors(m, address, length, limit);
    }
}

INSIDE_PART const struct inside_plan *inside_plan_of(uint64_t number, const uint64_t *args)
{
    const char *region = (const char *)REGION;
    uint32_t at = number < NUMBERS ? ((const struct plans *)region)->first[number] : 0;
    while (at) {
        const struct inside_plan *p = (const struct inside_plan *)(region + at);
        if (p->selector < 0 || (args[p->selector] & p->mask) == p->key)
            return p;
        at = p->next;
    }
    return 0;
}

/* How long a step's memory is, as far as it can be known before the call; of a result, what the argument behind the buffer says. */
INSIDE_PART uint64_t inside_length(const struct making *m, const struct step *s)
{
    uint64_t length = s->length_argument;
    if (s->length_kind == ARGUMENT)
        return m->args[length];
    if (s->length_kind == FIELD)
        return inside_field(m, length & 0xff, length >> 8 & 0xffff, length >> 24);
    if (s->length_kind == RESULT)
        return s->argument < 5 ? m->args[s->argument + 1] : s->limit;
    return s->length_kind == CONSTANT ? length : s->limit;
}

/* Whether a descriptor is a socket of netlink, of which more is copied than a plan says. */
INSIDE int inside_netlink(int descriptor)
{
    int family = 0, size = sizeof family;
    return !inside_option(descriptor, 1 /* SOL_SOCKET */, 39 /* SO_DOMAIN */, &family, &size) && family == 16;
}

/* Whether a record may become too long. */
INSIDE int inside_too_much(const struct making *m, const struct inside_plan *p)
{
    uint64_t most = sizeof(struct record) + 64;
    for (unsigned i = 0; i < p->entry_count + p->exit_count; i++) {
        const struct step *s = &p->step[i];
        uint64_t size = s->limit;
        if (s->operation == SOCKET) {
            if (inside_netlink(m->args[s->argument]))
                return 1;
            continue;
        }
        if (s->operation == BYTES || s->operation == IOVEC) {
            uint64_t length = inside_length(m, s), each = s->operation == BYTES ? s->scale : s->limit + 16 + sizeof(struct chunk) + 8;
            if (!__builtin_mul_overflow(length, each, &length) && (s->operation == IOVEC || length < size))
                size = length;
            else if (s->operation == IOVEC)
                return 1;
        }
        if (size > MOST_INSIDE || (most += size + 2 * (sizeof(struct chunk) + 8)) > MOST_INSIDE)
            return 1;
    }
    return 0;
}

/* Where a record can go; waits until there is room for the longest one, or (0) nobody wants records any more. */
INSIDE char *inside_room(struct area *a)
{
    char *ring = (char *)a + 0x1000;
    while (__atomic_load_n(&a->mode, __ATOMIC_RELAXED) == RECORDS) {
        uint64_t head = a->head, place = head & (AREA_RING - 1), skip = AREA_RING - place < MOST_INSIDE ? AREA_RING - place : 0;
        uint64_t tail = __atomic_load_n(&a->tail, __ATOMIC_ACQUIRE);
        if (head + skip + MOST_INSIDE - tail <= AREA_RING) {
            if (!skip)
                return ring + place;
            *(uint32_t *)(ring + place) = 0; /* nothing more up to the end of the ring */
            a->head = head + skip;
            return ring;
        }
        const int64_t deadline[2] = {0, 2000000};
        a->waits = 1;
        if (__atomic_load_n(&a->tail, __ATOMIC_SEQ_CST) == tail)
            inside_wait(&a->tail, (uint32_t)tail, deadline);
    }
    return 0;
}

INSIDE_PART void inside_forget_pages(struct area *a)
{
    for (int i = 0; i < PAGES_KNOWN; i++)
        a->pages[i] = 0;
}

/* What is to become of a call; its entry has been recorded if that is RECORDS. */
INSIDE int inside_enter(const struct frame *f)
{
    struct area *a = inside_area();
    uint64_t number = f->rax, args[VALUES];
    args[0] = f->rdi, args[1] = f->rsi, args[2] = f->rdx, args[3] = f->r10, args[4] = f->r8, args[5] = f->r9;
    args[6] = (uint64_t)(f + 1) + RED_ZONE;
    const struct inside_plan *p = inside_plan_of(number, args);
    if (!p || p->verdict == STOPS)
        return STOPS;
    if (p->remaps)
        inside_forget_pages(a);
    if (p->verdict == PASSES || a->mode == PASSES)
        return PASSES;
    struct making m = {0, 0, 0, 0, args};
    if (p->varies && inside_too_much(&m, p))
        return STOPS;
    char *place = inside_room(a);
    if (!place)
        return a->mode == STOPS ? STOPS : PASSES;
    struct record *r = (struct record *)place;
    m.at = place + sizeof *r;
    m.end = place + MOST_INSIDE;
    r->start = inside_time();
    if (p->entry_count)
        inside_steps(&m, p->step, p->entry_count);
    r->kind = ENTRY;
    r->entry_chunks = m.chunks;
    r->size = m.at - place;
    r->tid = a->tid;
    r->number = number;
    for (int i = 0; i < VALUES; i++)
        r->args[i] = args[i];
    r->pointer = *(const uint64_t *)(f->back - STUB_RETURN + STUB_SITE) + 2;
    __asm__ volatile("" ::: "memory");
    a->open = a->head + 1;
    return RECORDS;
}

INSIDE void inside_leave(void)
{
    struct area *a = inside_area();
    uint64_t end = inside_time();
    if (a->open != a->head + 1)
        return;
    char *place = (char *)a + 0x1000 + (a->head & (AREA_RING - 1));
    struct record *r = (struct record *)place;
    int failed = (uint64_t)a->result >= (uint64_t)-4095;
    struct making m = {place + r->size, place + MOST_INSIDE, 0, a->result, r->args};
    const struct inside_plan *p = inside_plan_of(r->number, r->args);
    if (p && p->exit_count && (!failed || p->exit_on_error))
        inside_steps(&m, p->step + p->entry_count, p->exit_count);
    r->exit_chunks = m.chunks;
    r->size = m.at - place;
    r->end = end;
    r->result = a->result;
    r->failed = failed;
    r->kind = CALL;
    __asm__ volatile("" ::: "memory");
    __atomic_store_n(&a->head, a->head + r->size, __ATOMIC_RELEASE);
}
