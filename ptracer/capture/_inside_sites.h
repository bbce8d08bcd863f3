/* Sites: the places of a program that make system calls, the stubs that take their place, and the pools these lie in. */

enum { SITE_NEW, SITE_KNOWN, SITE_NEVER };
enum { POOL_SIZE = 0x80000, SLOTS = POOL_SIZE / STUB_SIZE, TRAP = 0xcc, REPEATED = 2 };
#define REACH 0x78000000ll /* of a jump, with something to spare */

struct site {
    uint64_t address; /* of the instruction syscall; 0: none */
    uint64_t stub;    /* or 0 */
    uint8_t state, length, seen;
    uint8_t displaced[MOST_DISPLACED + 1];
};

struct pool {
    uint64_t start;
    uint8_t taken[SLOTS / 8];
};

/* What is known of the code of one address space. */
struct space {
    int references;
    int closed; /* no stubs any more: a thread of it uses the base of gs for something else */
    struct site *sites; /* a hash table, open */
    size_t room, count;
    struct pool *pools;
    size_t pool_count;
};

static struct site *site_slot(struct site *sites, size_t room, uint64_t address)
{
    size_t at = address * 0x9e3779b97f4a7c15ull >> 32 & (room - 1);
    while (sites[at].address && sites[at].address != address)
        at = (at + 1) & (room - 1);
    return &sites[at];
}

static struct site *site_find(const struct space *s, uint64_t address)
{
    struct site *found = s->room ? site_slot(s->sites, s->room, address) : NULL;
    return found && found->address ? found : NULL;
}

/* The site, which may be new; NULL: memory is short. */
static struct site *site_at(struct space *s, uint64_t address)
{
    if (2 * s->count >= s->room) {
        size_t room = s->room ? 2 * s->room : 128;
        struct site *sites = calloc(room, sizeof *sites);
        if (!sites)
            return NULL;
        for (size_t i = 0; i < s->room; i++)
            if (s->sites[i].address)
                *site_slot(sites, room, s->sites[i].address) = s->sites[i];
        free(s->sites);
        s->sites = sites;
        s->room = room;
    }
    struct site *found = site_slot(s->sites, s->room, address);
    if (!found->address) {
        found->address = address;
        s->count++;
    }
    return found;
}

static void space_release(struct space *s)
{
    if (!s || --s->references)
        return;
    free(s->sites);
    free(s->pools);
    free(s);
}

/* For a child with memory of its own, in which so far the same lies. */
static struct space *space_copy(const struct space *s)
{
    struct space *copy = malloc(sizeof *copy);
    if (!copy)
        return NULL;
    *copy = *s;
    copy->references = 1;
    copy->sites = s->room ? malloc(s->room * sizeof *s->sites) : NULL;
    copy->pools = s->pool_count ? malloc(s->pool_count * sizeof *s->pools) : NULL;
    if ((s->room && !copy->sites) || (s->pool_count && !copy->pools)) {
        space_release(copy);
        return NULL;
    }
    if (s->room)
        memcpy(copy->sites, s->sites, s->room * sizeof *s->sites);
    if (s->pool_count)
        memcpy(copy->pools, s->pools, s->pool_count * sizeof *s->pools);
    return copy;
}

/* --- the instruction behind a system call */

/* How many bytes a ModRM byte and what follows it take; 0: it is relative to the instruction pointer. */
static unsigned operand_length(const uint8_t *p)
{
    unsigned mode = p[0] >> 6, base = p[0] & 7, length = 1;
    if (mode == 3)
        return length;
    if (base == 4) {
        length++;
        if (!mode && (p[1] & 7) == 5)
            return length + 4;
    } else if (!mode && base == 5)
        return 0;
    return length + (mode == 1 ? 1 : mode == 2 ? 4 : 0);
}

/* The length of an instruction that does the same wherever it stands; 0: it does not, or nobody knows. */
static unsigned instruction_length(const uint8_t *p)
{
    unsigned at = 0, operand, wide = 0;
    if (p[at] == 0x64) /* fs: */
        at++;
    if (p[at] >> 4 == 4)
        wide = p[at++] >> 3 & 1;
    uint8_t code = p[at++];
    if ((code < 0x40 && ((code & 7) == 1 || (code & 7) == 3)) || code == 0x63 || code == 0x85 || code == 0x89 || code == 0x8b || code == 0x8d)
        return (operand = operand_length(p + at)) ? at + operand : 0;
    if (code == 0x83 || code == 0xc1)
        return (operand = operand_length(p + at)) ? at + operand + 1 : 0;
    if (code == 0x81 || code == 0xc7 || (code == 0xf7 && !(p[at] >> 3 & 7)))
        return (operand = operand_length(p + at)) ? at + operand + 4 : 0;
    if ((code < 0x40 && (code & 7) == 5) || code == 0xa9)
        return at + 4;
    if (code >> 3 == 0xb8 >> 3)
        return at + (wide ? 8 : 4);
    if (code == 0x0f && (p[at] >> 4 == 4 || p[at] == 0xb6 || p[at] == 0xb7 || p[at] == 0xbe || p[at] == 0xbf || p[at] == 0x1f))
        return (operand = operand_length(p + at + 1)) ? at + 1 + operand : 0;
    return 0;
}

/* How much behind a system call is displaced by the jump: one instruction, or a return with nothing behind it. 0: it cannot be. */
static unsigned displaced_length(const uint8_t *p)
{
    unsigned length = instruction_length(p);
    if (length >= 3 && length <= MOST_DISPLACED)
        return length;
    int nothing = (p[1] == 0x90 && p[2] == 0x90) || (p[1] == 0xcc && p[2] == 0xcc) || (p[1] == 0x66 && (p[2] == 0x90 || p[2] == 0x66 || p[2] == 0x2e)) ||
                  (p[1] == 0x0f && p[2] == 0x1f);
    return p[0] == 0xc3 && nothing ? 3 : 0;
}

/* --- what is mapped */

struct mapping {
    uint64_t first, end;
    int fixed_code; /* that nobody will write to: of a file, to be executed, not to be written */
    int grows;      /* the heap, or a stack */
};

/* The mappings of a process, in order; NULL: they cannot be had. To be freed. */
static struct mapping *mappings_of(pid_t tid, size_t *count)
{
    char path[48], *line = NULL;
    size_t size = 0, room = 0;
    struct mapping *all = NULL;
    snprintf(path, sizeof path, "/proc/%d/maps", (int)tid);
    FILE *file = fopen(path, "re");
    *count = 0;
    while (file && getline(&line, &size, file) > 0) {
        unsigned long long first, end, inode;
        char mode[5];
        if (sscanf(line, "%llx-%llx %4s %*x %*x:%*x %llu", &first, &end, mode, &inode) != 4)
            break;
        if (*count == room) {
            room = room ? 2 * room : 64;
            struct mapping *more = realloc(all, room * sizeof *more);
            if (!more)
                break;
            all = more;
        }
        all[(*count)++] = (struct mapping){first, end, inode && mode[2] == 'x' && mode[1] != 'w' && mode[3] == 'p', strstr(line, "[heap]") || strstr(line, "[stack")};
    }
    free(line);
    if (file)
        fclose(file);
    return all;
}

/* Where a pool for a site could lie: the nearest gap. 0: there is none. */
static uint64_t pool_place(const struct mapping *all, size_t count, uint64_t site)
{
    const uint64_t apart = 0x10000;
    uint64_t best = 0, before = apart;
    int64_t nearest = REACH;
    int grows = 0;
    for (size_t i = 0; i <= count; i++) {
        uint64_t after = i < count && all[i].first < USER_END ? all[i].first : USER_END - PAGE;
        if (after > before && after - before >= POOL_SIZE + 3 * apart) {
            uint64_t low = (before + 2 * apart - 1) & ~(apart - 1), high = (after - POOL_SIZE - apart) & ~(apart - 1);
            uint64_t place = before > site && !grows ? low : high;
            int64_t distance = place > site ? (int64_t)(place - site) : (int64_t)(site - place);
            int stack = i < count && all[i].grows && all[i].first > site;
            if (distance < nearest && !(stack && place == high)) {
                nearest = distance;
                best = place;
            }
        }
        if (i < count) {
            before = all[i].end;
            grows = all[i].grows;
        }
    }
    return best;
}

/* --- stubs
 *
 * The displacement of the jump to a stub has the byte TRAP where the instruction behind the system call was: a thread that
 * comes back from a call made before the jump was there, or whoever jumps to that instruction, traps, and is led to the stub. */

static uint64_t pool_slot(struct pool *pool, uint64_t site)
{
    uint64_t window = pool->start + ((site + 5 + (TRAP << 8) - pool->start) & 0xffff);
    for (; window < pool->start + POOL_SIZE; window += 0x10000)
        for (uint64_t place = (window + STUB_SIZE - 1) & ~(uint64_t)(STUB_SIZE - 1); place < window + 256; place += STUB_SIZE) {
            size_t slot = (place - pool->start) / STUB_SIZE;
            if (place + STUB_SIZE > pool->start + POOL_SIZE || pool->taken[slot / 8] >> slot % 8 & 1)
                continue;
            pool->taken[slot / 8] |= 1 << slot % 8;
            return place;
        }
    return 0;
}

static uint64_t stub_place(struct space *s, uint64_t site)
{
    for (size_t i = 0; i < s->pool_count; i++) {
        int64_t distance = (int64_t)(s->pools[i].start - site);
        uint64_t place = distance < REACH && distance > -REACH ? pool_slot(&s->pools[i], site) : 0;
        if (place)
            return place;
    }
    return 0;
}

/* Whether an address is in a stub of this space. */
static int is_stub(const struct space *s, uint64_t address)
{
    for (size_t i = 0; i < s->pool_count; i++)
        if (address - s->pools[i].start < POOL_SIZE)
            return 1;
    return 0;
}

static void put_displacement(uint8_t *at, uint64_t from, uint64_t to)
{
    int32_t displacement = (int32_t)(to - from);
    memcpy(at, &displacement, sizeof displacement);
}

static void stub_write(uint8_t *code, const struct site *s, uint64_t entry)
{
    static const uint8_t head[] = {
        0x48, 0x8d, 0x64, 0x24, 0x80,                   /* lea -128(%rsp), %rsp */
        0xff, 0x15, STUB_BLOCK - STUB_RETURN, 0, 0, 0,  /* call *block(%rip) */
        0x48, 0x8d, 0xa4, 0x24, 0x80, 0, 0, 0,          /* lea 128(%rsp), %rsp */
        0xe3, 0x02,                                     /* jrcxz done */
        0x0f, 0x05,                                     /* syscall */
    };
    memset(code, 0xcc, STUB_SIZE);
    memcpy(code, head, sizeof head);
    memcpy(code + STUB_DONE, s->displaced, s->length);
    code[STUB_DONE + s->length] = 0xe9;
    put_displacement(code + STUB_DONE + s->length + 1, s->stub + STUB_DONE + s->length + 5, s->address + 2 + s->length);
    memcpy(code + STUB_SITE, &s->address, sizeof s->address);
    memcpy(code + STUB_BLOCK, &entry, sizeof entry);
}
