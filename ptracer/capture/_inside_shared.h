/* What ptracer and the block inside a tracee share: see docs/inside.md.
 *
 * A space is what one program of a tracee has, from its exec on: the block (code), and a region of memory that ptracer has
 * mapped as well. The region begins with plans, which the tracee may only read; then come areas, one for each thread, with
 * a ring of records that the thread alone writes and ptracer alone takes from. The base of gs is the area of a thread. */

#define NATIVE (ARCH_64BIT | 62 | 0x40000000u) /* AUDIT_ARCH_X86_64 */
#define BLOCK 0x6f000000ull /* where the block lies: low, where no loader, heap or sanitizer puts anything */
#define REGION (BLOCK + 0x10000)
#define PLANS_SIZE 0x10000ull
#define AREA_RING 0x80000ull /* bytes, a power of two */
#define AREA_SIZE (0x1000 + AREA_RING)
#define AREAS 128
#define REGION_SIZE (PLANS_SIZE + AREAS * AREA_SIZE)
#define NUMBERS 512 /* calls with a greater number stop */
#define MOST_INSIDE 0xc000 /* bytes of one record: a call of which there may be more stops */
#define PAGES_KNOWN 64

enum { STOPS, RECORDS, PASSES }; /* what becomes of a call: a stop, a record, neither */
enum { ENTERING, LEAVING };
enum { KEEPS_OUT = 1, SETS_BASE = 2, REMAPS = 4, SETS_FILTER = 8 }; /* what Python says of a number: see inside.py */

struct area {
    uint64_t self;   /* its address in the tracee */
    uint64_t frame;  /* of the call that the block is busy with, on the thread's stack, or 0 */
    uint32_t phase;  /* of the block: ENTERING until the call has been made */
    uint32_t mode;   /* of all calls of the thread */
    int64_t result;  /* of the call, when it has been made */
    uint64_t head;   /* where the next record goes; both count for ever */
    uint64_t open;   /* head + 1: the record there has its entry, and is open */
    uint32_t waits;  /* for room */
    int32_t tid;
    uint64_t padding[1];
    uint64_t tail;   /* ptracer's: up to where records were taken */
    uint64_t pages[PAGES_KNOWN]; /* that were readable when last looked at, by their number; 0: none */
};

/* What lies on the stack of a thread while the block is busy: its registers, as they were at the call. */
struct frame {
    uint64_t rax, rdi, rsi, rdx, r10, r8, r9, rbx, rbp, r12, r13, r14, r15;
    uint64_t back; /* into the stub of the site */
};
#define RED_ZONE 128

struct inside_plan {
    uint32_t next; /* of the same number: an offset in the region, or 0 */
    int32_t selector;
    uint64_t mask, key;
    uint32_t verdict; /* STOPS, RECORDS or PASSES */
    uint8_t exit_on_error, remaps;
    uint8_t varies; /* how much a record may take depends on arguments */
    uint8_t padding;
    uint32_t entry_count, exit_count;
    struct step step[]; /* those of the entry, then those of the exit */
};

struct plans {
    uint32_t used, padding;
    uint32_t first[NUMBERS];
};

/* The stub of a site, within two gigabytes of it:
 *
 *    lea -128(%rsp), %rsp    the red zone is the program's
 *    call *BLOCK             rcx: whether the call must still be made
 *    lea 128(%rsp), %rsp
 *    jrcxz done
 *    syscall                 stops
 * done:
 *    the displaced instruction
 *    jmp back
 */
enum { STUB_SIZE = 64, STUB_RETURN = 11, STUB_DONE = 23, STUB_SITE = 48, STUB_BLOCK = 56, MOST_DISPLACED = 15 };
