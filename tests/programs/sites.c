/* sites: system calls with all kinds of instructions behind them, some of which are jumped to, and code that comes and goes.
   Prints sums that must be the same each time. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ROUNDS = 50, GETPPID = 110 };

#define SITE(name, behind)                                                                                              \
    long name(long number);                                                                                             \
    __asm__(".text\n.type " #name ", @function\n" #name ":\n push %rbx\n mov %rdi, %rax\n xor %ebx, %ebx\n syscall\n"  \
            behind "\n pop %rbx\n ret\n.size " #name ", . - " #name "\n")

SITE(compares, "cmp $-4095, %rax\n jae 1f\n1:");
SITE(compares_little, "cmp $-1, %rax\n");
SITE(moves, "mov %rax, %rbx\n mov %rbx, %rax");
SITE(moves_half, "mov %eax, %ebx\n mov %ebx, %eax");
SITE(tests, "test %rax, %rax\n");
SITE(loads, "mov 8(%rsp), %rbx\n");
SITE(loads_constant, "mov .Lconstant(%rip), %rbx\n");
SITE(loads_far, "mov 0x80(%rsp), %rbx\n");
SITE(takes_guard, "mov %fs:0x28, %rbx\n");
SITE(extends, "movslq %eax, %rax\n");
SITE(branches, "jmp 1f\n ud2\n1:");
SITE(adds, "add $0x100000, %rax\n sub $0x100000, %rax");
__asm__(".section .rodata\n.Lconstant: .quad 42\n.text\n");

/* The instruction behind the call is reached without it as well. */
long perhaps(long number, long whether);
__asm__(".text\nperhaps:\n mov %rdi, %rax\n test %rsi, %rsi\n jz 1f\n syscall\n1: cmp $-4095, %rax\n jae 2f\n2: ret\n");

/* What lies below the stack pointer is the program's. */
long in_red_zone(long number);
__asm__(".text\nin_red_zone:\n mov %rdi, %rax\n movq $77, -8(%rsp)\n movq $88, -128(%rsp)\n syscall\n"
        " cmp $-4095, %rax\n mov -8(%rsp), %rax\n add -128(%rsp), %rax\n ret\n");

/* A function that returns at once behind its call, with nothing after it. */
long returns(long number);
__asm__(".text\n.balign 16\nreturns:\n mov %rdi, %rax\n syscall\n ret\n nop\n nop\n nop\n nop\n");

/* All registers but rax, rcx and r11 come back as they were. */
long keeps(long number);
__asm__(".text\nkeeps:\n push %rbx\n push %rbp\n push %r12\n push %r13\n push %r14\n push %r15\n mov %rdi, %rax\n"
        " mov $1, %ebx\n mov $2, %ebp\n mov $3, %r12d\n mov $4, %r13d\n mov $5, %r14d\n mov $6, %r15d\n"
        " mov $7, %edi\n mov $8, %esi\n mov $9, %edx\n mov $10, %r10d\n mov $11, %r8d\n mov $12, %r9d\n"
        " pxor %xmm0, %xmm0\n pcmpeqd %xmm15, %xmm15\n syscall\n cmp $-4095, %rax\n lea (%rbx,%rbp), %rax\n"
        " add %r12, %rax\n add %r13, %rax\n add %r14, %rax\n add %r15, %rax\n add %rdi, %rax\n add %rsi, %rax\n"
        " add %rdx, %rax\n add %r10, %rax\n add %r8, %rax\n add %r9, %rax\n movq %xmm15, %rcx\n add %rcx, %rax\n"
        " movq %xmm0, %rcx\n add %rcx, %rax\n pop %r15\n pop %r14\n pop %r13\n pop %r12\n pop %rbp\n pop %rbx\n ret\n");

static void *many(void *unused)
{
    long wrong = 0;
    for (int i = 0; i < 2000; i++)
        wrong += compares(GETPPID) != getppid() || moves(GETPPID) != getppid() || perhaps(GETPPID, i & 1) != (i & 1 ? getppid() : GETPPID);
    return (void *)wrong;
}

/* Code that is written at run time, is replaced, and is gone. */
static void comes_and_goes(void)
{
    static const unsigned char first[] = {0x89, 0xf8, 0x0f, 0x05, 0x48, 0x3d, 0x01, 0xf0, 0xff, 0xff, 0xc3};
    static const unsigned char second[] = {0x89, 0xf8, 0x0f, 0x05, 0x48, 0x89, 0xc2, 0x31, 0xc0, 0xc3, 0x90};
    for (int round = 0; round < 6; round++) {
        char *code = mmap((void *)0x50000000, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        memcpy(code, round & 1 ? second : first, sizeof first);
        long sum = 0;
        for (int i = 0; i < 5; i++)
            sum += ((long (*)(long))code)(GETPPID) == (round & 1 ? 0 : getppid());
        printf("code %d: %ld\n", round, sum);
        munmap(code, 4096);
    }
}

#define TRY(name)                                             \
    do {                                                      \
        long right = 0;                                       \
        for (int i = 0; i < ROUNDS; i++)                      \
            right += (name(GETPPID)) == getppid();            \
        printf(#name ": %ld\n", right);                       \
    } while (0)

int main(void)
{
    pthread_t threads[4];
    long sum = 0;

    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, many, NULL);
    for (int i = 0; i < 4; i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        sum += (long)wrong;
    }
    printf("wrong in threads: %ld\n", sum);
    TRY(compares);
    TRY(compares_little);
    TRY(moves);
    TRY(moves_half);
    TRY(tests);
    TRY(loads);
    TRY(loads_constant);
    TRY(loads_far);
    TRY(takes_guard);
    TRY(extends);
    TRY(branches);
    TRY(adds);
    TRY(returns);
    sum = 0;
    for (int i = 0; i < ROUNDS; i++)
        sum += perhaps(GETPPID, i % 3) - (i % 3 ? getppid() : 0);
    printf("perhaps: %ld\n", sum);
    sum = 0;
    for (int i = 0; i < ROUNDS; i++)
        sum += in_red_zone(GETPPID) + keeps(GETPPID);
    printf("kept: %ld\n", sum);
    comes_and_goes();
    return 0;
}
