/* What the tracer does so that calls are recorded inside a tracee: see docs/inside.md.
 *
 * Everything here happens while the thread in question is stopped. What a tracee could have written (areas) is never trusted. */

#define GET_MASK 0x420a /* linux/ptrace.h: PTRACE_GETSIGMASK */
#define SET_MASK 0x420b
#define FIXED_NOREPLACE 0x100000

/* --- calls of the tracer's in place of the thread's own, at the stop of which it is */

/* Let a thread go on to its next stop, which must be the expected one. 0: it is another, which is reported later. */
static int next_is(Capture *c, pid_t tid, long request, int event)
{
    int status;
    if (ptrace(request, tid, NULL, NULL) < 0 || wait4(tid, &status, __WALL, NULL) != tid)
        return 0;
    if (WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP && !(status >> 16)) { /* for later: nobody can block it */
        int again = next_is(c, tid, request, event);
        syscall(SYS_tgkill, tid, tid, SIGSTOP);
        return again;
    }
    if (WIFSTOPPED(status) && (event ? status >> 16 == event : WSTOPSIG(status) == (SIGTRAP | 0x80)))
        return 1;
    collected_add(c, (struct stop){.tid = tid, .status = status});
    return 0;
}

static int made_instead(Capture *c, pid_t tid, struct user_regs_struct *registers, uint64_t number, const uint64_t *args)
{
    registers->orig_rax = number;
    registers->rdi = args[0], registers->rsi = args[1], registers->rdx = args[2];
    registers->r10 = args[3], registers->r8 = args[4], registers->r9 = args[5];
    return ptrace(PTRACE_SETREGS, tid, NULL, registers) == 0 && next_is(c, tid, PTRACE_SYSCALL, 0) &&
           ptrace(PTRACE_GETREGS, tid, NULL, registers) == 0;
}

/* The thread makes its own call again. */
static int again(pid_t tid, const struct user_regs_struct *at_call)
{
    struct user_regs_struct registers = *at_call;
    registers.rax = registers.orig_rax;
    registers.orig_rax = -1;
    registers.rip -= 2;
    return ptrace(PTRACE_SETREGS, tid, NULL, &registers) == 0;
}

static int memory_write(pid_t tid, uint64_t address, const void *data, size_t size)
{
    char path[48];
    snprintf(path, sizeof path, "/proc/%d/mem", (int)tid);
    int file = open(path, O_WRONLY | O_CLOEXEC);
    int done = file >= 0 && pwrite(file, data, size, address) == (ssize_t)size;
    if (file >= 0)
        close(file);
    return done;
}

/* --- a space */

static int filters_of(pid_t tid)
{
    char path[48], line[256];
    int filters = -1;
    snprintf(path, sizeof path, "/proc/%d/status", (int)tid);
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file) && sscanf(line, "Seccomp_filters: %d", &filters) != 1)
        ;
    if (file)
        fclose(file);
    return filters;
}

/* The region whose descriptor a stopped thread has. */
static struct region *region_map(pid_t tid, int descriptor)
{
    struct region *r = calloc(1, sizeof *r);
    int process = syscall(SYS_pidfd_open, tid, 0);
    int own = process < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, process, descriptor, 0);
    void *map = own < 0 || !r ? MAP_FAILED : mmap(NULL, REGION_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, own, 0);
    if (own >= 0)
        close(own);
    if (process >= 0)
        close(process);
    if (map == MAP_FAILED) {
        free(r);
        return NULL;
    }
    r->map = map;
    area_clear(r, NOBODY, 0, STOPS);
    return r;
}

/* With the block mapped, let it make its region. NULL: it cannot, or the thread is in another stop than it should be. */
static struct region *region_make(Capture *c, pid_t tid, struct user_regs_struct *registers, int *lost)
{
    registers->rip = INSIDE_ADDRESS(inside_setup);
    registers->rsp -= 1024;
    registers->r12 = REGION_SIZE, registers->r13 = REGION, registers->r14 = PLANS_SIZE;
    registers->orig_rax = -1;
    *lost = ptrace(PTRACE_SETREGS, tid, NULL, registers) < 0 || !next_is(c, tid, PTRACE_CONT, PTRACE_EVENT_SECCOMP) ||
            ptrace(PTRACE_GETREGS, tid, NULL, registers) < 0 || registers->rip != INSIDE_ADDRESS(inside_ready);
    if (*lost)
        return NULL;
    struct region *r = registers->rbx ? NULL : region_map(tid, registers->rbp);
    uint64_t args[6] = {registers->rbp};
    *lost = !made_instead(c, tid, registers, (int64_t)registers->rbp < 0 ? SYS_getpid : SYS_close, args);
    return r;
}

/* At the first call of a program: bring in the block, and the region with it. */
static void inside_open(Capture *c, struct thread *t)
{
    struct user_regs_struct at_call, registers;
    uint64_t mask, all = ~0ull & ~(1ull << (SIGTRAP - 1) | 1ull << (SIGSEGV - 1));
    size_t size = __stop_inside - __start_inside;
    uint64_t args[6] = {BLOCK, (size + PAGE - 1) & ~(PAGE - 1), PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | FIXED_NOREPLACE, -1, 0};
    struct rlimit largest; /* of a file: whoever makes a larger one gets a signal */
    if (filters_of(t->tid) != c->inside->filters || prlimit(t->tid, RLIMIT_FSIZE, NULL, &largest) < 0 || largest.rlim_cur < REGION_SIZE)
        return;
    if (ptrace(PTRACE_GETREGS, t->tid, NULL, &at_call) < 0 || at_call.gs_base || ptrace(GET_MASK, t->tid, (void *)8, &mask) < 0 ||
        ptrace(SET_MASK, t->tid, (void *)8, &all) < 0)
        return;
    registers = at_call;
    int lost = !made_instead(c, t->tid, &registers, SYS_mmap, args);
    struct region *r = NULL;
    if (!lost && registers.rax == BLOCK && memory_write(t->tid, BLOCK, __start_inside, size))
        r = region_make(c, t->tid, &registers, &lost);
    struct space *s = r ? calloc(1, sizeof *s) : NULL;
    ptrace(SET_MASK, t->tid, (void *)8, &mask);
    if (s && !lost) {
        s->references = r->references = 1;
        t->space = s;
        t->region = r;
        area_take(c->inside, t);
    } else if (r) {
        r->references = 1;
        region_release(r);
        free(s);
    }
    t->moved = 1;
    if (!lost)
        again(t->tid, &at_call);
}

/* --- sites */

/* Look at the code of a site. 0: nothing can be done there. */
static int site_learn(struct thread *t, struct site *s, const uint8_t *code)
{
    size_t count;
    unsigned length = displaced_length(code + 2);
    if (!length)
        return 0;
    struct mapping *all = mappings_of(t->tid, &count);
    int fixed = 0;
    for (size_t i = 0; i < count; i++)
        fixed |= all[i].fixed_code && all[i].first <= s->address && s->address + 24 <= all[i].end;
    free(all);
    s->length = length;
    memcpy(s->displaced, code + 2, length);
    return fixed;
}

/* Map a pool near a site, by a call of the thread's, which makes its own call again afterwards. 0: there is no room for one. */
static int pool_add(Capture *c, struct thread *t, uint64_t site)
{
    size_t count;
    struct mapping *all = mappings_of(t->tid, &count);
    uint64_t place = all ? pool_place(all, count, site) : 0;
    free(all);
    struct pool *pools = place ? realloc(t->space->pools, (t->space->pool_count + 1) * sizeof *pools) : NULL;
    if (!pools)
        return 0;
    t->space->pools = pools;
    struct user_regs_struct at_call, registers;
    if (ptrace(PTRACE_GETREGS, t->tid, NULL, &at_call) < 0)
        return 0;
    uint64_t args[6] = {place, POOL_SIZE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | FIXED_NOREPLACE, -1, 0};
    registers = at_call;
    t->moved = 1;
    if (!made_instead(c, t->tid, &registers, SYS_mmap, args))
        return 1;
    int made = registers.rax == place;
    if (made) {
        memset(&pools[t->space->pool_count], 0, sizeof *pools);
        pools[t->space->pool_count++].start = place;
    }
    again(t->tid, &at_call);
    return made;
}

static const int PUT_JUMP[] = {-1, 2, 1, 3, 4, 0}, PUT_CALL[] = {-1, 1, 3, 4, 2, 0}; /* orders in which bytes change */

/* Where other threads may run, first the bytes change at which they would come in: to traps. -1 is byte 0 as a trap. */
static int code_change(struct thread *t, uint64_t address, const uint8_t *old, const uint8_t *new, const int *order)
{
    uint8_t word[8];
    memcpy(word, old, sizeof word);
    int first = t->space->references == 1 ? 5 : 0; /* nobody else runs there: all at once */
    for (int i = first; i < 6; i++) {
        if (first)
            memcpy(word, new, sizeof word);
        else if (order[i] < 0)
            word[0] = TRAP;
        else
            word[order[i]] = new[order[i]];
        long value;
        memcpy(&value, word, sizeof value);
        if (ptrace(PTRACE_POKETEXT, t->tid, (void *)address, (void *)value) < 0)
            return 0;
    }
    return 1;
}

/* The thread is at a call of this site: let a stub take its place. */
static void site_replace(Capture *c, struct thread *t, struct site *s)
{
    uint8_t code[24], stub[STUB_SIZE], jump[8];
    if (s->state == SITE_NEVER)
        return;
    if (s->seen < REPEATED && ++s->seen < REPEATED)
        return;
    if (tracee_read(t->tid, s->address, (char *)code, sizeof code) != sizeof code || code[0] != 0x0f || code[1] != 0x05)
        return;
    if (s->state == SITE_NEW || memcmp(s->displaced, code + 2, s->length)) {
        s->stub = 0; /* other code has come to lie there */
        s->state = site_learn(t, s, code) ? SITE_KNOWN : SITE_NEVER;
        if (s->state == SITE_NEVER)
            return;
    }
    if (!s->stub)
        s->stub = stub_place(t->space, s->address);
    if (!s->stub) {
        if (!pool_add(c, t, s->address))
            s->state = SITE_NEVER;
        return;
    }
    stub_write(stub, s, INSIDE_ADDRESS(inside_entry));
    memcpy(jump, code, sizeof jump);
    jump[0] = 0xe9;
    put_displacement(jump + 1, s->address + 5, s->stub);
    if (!memory_write(t->tid, s->stub, stub, sizeof stub) || !code_change(t, s->address, code, jump, PUT_JUMP)) {
        s->state = SITE_NEVER;
        return;
    }
    ptrace(PTRACE_POKEUSER, t->tid, (void *)offsetof(struct user_regs_struct, rip), (void *)(s->stub + STUB_DONE));
}

/* Nothing is recorded inside of a program any more. Who comes back to a site finds what was there before; who is in the block
 * leaves it as ever. */
static void space_close(Capture *c, struct thread *t)
{
    for (size_t i = 0; i < t->space->room; i++) {
        const struct site *s = &t->space->sites[i];
        uint8_t code[8], call[8];
        if (!s->stub || tracee_read(t->tid, s->address, (char *)code, sizeof code) != sizeof code || code[0] != 0xe9)
            continue;
        memcpy(call, code, sizeof call);
        call[0] = 0x0f, call[1] = 0x05;
        memcpy(call + 2, s->displaced, 3);
        code_change(t, s->address, code, call, PUT_CALL);
    }
    t->space->closed = 1;
    for (int bucket = 0; bucket < BUCKETS; bucket++)
        for (struct thread *other = c->threads[bucket]; other; other = other->next)
            if (other->space == t->space && other->source)
                other->source->area->mode = STOPS;
}

/* Whether a call must be looked at when it has been made. */
static int changes_inside(const Capture *c, uint64_t number)
{
    return c->inside && number < NUMBERS && c->inside->traits[number] & (SETS_BASE | SETS_FILTER);
}

/* What a call may have changed so that the program cannot be recorded inside any more: the base of its gs; or it has a filter
 * of its own, which may answer calls before ours is asked, so that its threads must stop in the way that comes before filters. */
static void inside_after_call(Capture *c, struct thread *t)
{
    unsigned traits = c->inside && t->number < NUMBERS ? c->inside->traits[t->number] : 0;
    if (traits & SETS_FILTER && filters_of(t->tid) != c->inside->filters) {
        t->thorough = 1;
        if (t->space && !t->space->closed)
            space_close(c, t);
    }
    if (!(traits & SETS_BASE) || !t->space || t->space->closed || t->enters)
        return;
    errno = 0;
    long base = ptrace(PTRACE_PEEKUSER, t->tid, (void *)offsetof(struct user_regs_struct, gs_base), NULL);
    if (!errno && (uint64_t)base != t->base)
        space_close(c, t);
}

/* A thread stops for a call. 0: it does not make it now. */
static int inside_at_call(Capture *c, struct thread *t, struct syscall_info *info)
{
    t->moved = 0;
    if (c->inside && t->source && info->entry.nr < NUMBERS && c->inside->traits[info->entry.nr] & REMAPS)
        memset(t->source->area->pages, 0, sizeof t->source->area->pages);
    if (!c->inside || info->arch != NATIVE || (t->hidden_until && t->hidden_until != NO_NUMBER))
        return 1;
    if (t->fresh) {
        t->fresh = 0;
        inside_open(c, t);
    }
    if (t->moved || !t->space || t->space->closed)
        return !t->moved;
    if (is_stub(t->space, info->instruction_pointer)) {
        uint64_t site = 0;
        if (tracee_read(t->tid, info->instruction_pointer - STUB_DONE + STUB_SITE, (char *)&site, sizeof site) == sizeof site)
            info->instruction_pointer = site + 2;
    } else if (info->entry.nr < NUMBERS && !(c->inside->traits[info->entry.nr] & KEEPS_OUT)) {
        struct site *s = site_at(t->space, info->instruction_pointer - 2);
        if (s)
            site_replace(c, t, s);
    }
    return !t->moved;
}

/* --- stops while the block is busy */

/* What the exit of an open record needs, written by the tracer in the thread's place. */
static void inside_finish(Capture *c, struct thread *t, int64_t result)
{
    struct area *a = t->source->area;
    uint64_t head = a->head, place = head & (AREA_RING - 1);
    struct record *r = (struct record *)((char *)a + 0x1000 + place);
    uint32_t size = r->size;
    if (a->open != head + 1 || place + MOST_INSIDE > AREA_RING || size < sizeof *r || size > MOST_INSIDE)
        return;
    memcpy(t->args, r->args, sizeof t->args);
    int failed = (uint64_t)result >= (uint64_t)-4095;
    const struct plan *p = plan_find(c, NATIVE, r->number, t->args);
    struct buffer *b = &c->scratch;
    b->used = 0;
    struct copying copying = {b, 0, t->tid, 8, t->args, result, MOST_INSIDE - size > 64 ? MOST_INSIDE - size - 64 : 0};
    if (p && (!failed || p->exit_on_error))
        copy_by_plan(&copying, &p->exit);
    if (b->used <= MOST_INSIDE - size) {
        memcpy((char *)r + size, b->data, b->used);
        r->exit_chunks = copying.chunks;
        size += b->used;
    }
    r->end = inside_time();
    r->result = result;
    r->failed = failed;
    r->kind = CALL;
    r->size = size;
    __atomic_store_n(&a->head, head + size, __ATOMIC_RELEASE);
}

static int is_fault(pid_t tid, int signal)
{
    siginfo_t information;
    return (signal == SIGSEGV || signal == SIGBUS) && ptrace(PTRACE_GETSIGINFO, tid, NULL, &information) == 0 && information.si_code > 0;
}

/* A thread in a copy that the block makes has met memory which cannot be read. */
static int inside_faulted(struct thread *t, struct user_regs_struct *registers, int signal)
{
    if (registers->rip == INSIDE_ADDRESS(inside_copy_fault))
        registers->rip += 2;
    else if (registers->rip == INSIDE_ADDRESS(inside_string_fault))
        registers->rip = INSIDE_ADDRESS(inside_string_end);
    else
        return 0;
    return is_fault(t->tid, signal) && ptrace(PTRACE_SETREGS, t->tid, NULL, registers) == 0;
}

/* Somebody has come to where the instruction behind a call was, or to a jump that was just being written. */
static int inside_trapped(struct thread *t, struct user_regs_struct *registers)
{
    struct site *s = site_find(t->space, registers->rip - 3);
    if (s && s->stub)
        registers->rip = s->stub + STUB_DONE;
    else if ((s = site_find(t->space, registers->rip - 1)) && s->stub)
        registers->rip = s->address;
    else
        return 0;
    return ptrace(PTRACE_SETREGS, t->tid, NULL, registers) == 0;
}

/* Take a stopped thread out of the block: to behind its call if that has been made, else to before it. */
static void inside_settle(Capture *c, struct thread *t, struct user_regs_struct *registers)
{
    struct area *a = t->source->area;
    struct frame f;
    uint64_t site = 0, frame = a->frame;
    uint64_t from = registers->rip;
    if (from - BLOCK >= (uint64_t)(__stop_inside - __start_inside) ||
        tracee_read(t->tid, frame, (char *)&f, sizeof f) != sizeof f ||
        tracee_read(t->tid, f.back - STUB_RETURN + STUB_SITE, (char *)&site, sizeof site) != sizeof site || !site_find(t->space, site)) {
        a->frame = 0; /* it has left the block in a way of its own */
        return;
    }
    int just = from == INSIDE_ADDRESS(inside_after), made = just || from == INSIDE_ADDRESS(inside_later);
    int64_t result = made ? (int64_t)registers->rax : a->result;
    made = made || a->phase == LEAVING;
    if (made)
        inside_finish(c, t, result);
    a->open = 0;
    a->frame = 0;
    registers->rip = made ? site + 2 : site;
    registers->rax = made ? (uint64_t)result : f.rax;
    if (!just)
        registers->orig_rax = -1;
    registers->rsp = frame + sizeof f + RED_ZONE;
    registers->rdi = f.rdi, registers->rsi = f.rsi, registers->rdx = f.rdx, registers->r10 = f.r10, registers->r8 = f.r8, registers->r9 = f.r9;
    registers->rbx = f.rbx, registers->rbp = f.rbp, registers->r12 = f.r12, registers->r13 = f.r13, registers->r14 = f.r14, registers->r15 = f.r15;
    ptrace(PTRACE_SETREGS, t->tid, NULL, registers);
}

/* A stop that is not one of a call. 1: it was ours alone, and the thread goes on. */
static int inside_at_stop(Capture *c, struct thread *t, int status)
{
    int event = status >> 16, signal = WSTOPSIG(status);
    struct user_regs_struct registers;
    if (!c->inside)
        return 0;
    if (event == PTRACE_EVENT_EXEC) {
        unsigned long former;
        if (ptrace(PTRACE_GETEVENTMSG, t->tid, NULL, &former) == 0) {
            struct thread *other = thread_find(c, (pid_t)former);
            inside_drop(c, other);
            if (other)
                other->fresh = 1;
        }
        inside_drop(c, t);
        t->fresh = 1;
        return 0;
    }
    if (!t->space || (event && event != PTRACE_EVENT_STOP))
        return 0;
    int busy = t->source && t->source->area->frame;
    if (!busy && (event || signal != SIGTRAP))
        return 0;
    if (ptrace(PTRACE_GETREGS, t->tid, NULL, &registers) < 0)
        return 0;
    if (!event && ((signal == SIGTRAP && inside_trapped(t, &registers)) || (busy && inside_faulted(t, &registers, signal))))
        return 1;
    if (busy)
        inside_settle(c, t, &registers);
    return 0;
}
