/* calls_memory: every call about memory, with arguments that succeed, fail, and make no sense. */
#define _GNU_SOURCE
#include "pretend.h"

#include <asm/ldt.h>

enum {
	PROCESS_MADVISE = 440, PROCESS_MRELEASE = 448, HOME_NODE = 450, SHADOW_STACK = 453, MSEAL = 462,
};

static char *page;

static void mappings(void)
{
	char *area = (char *) call(SYS_mmap, NULL, 0x4000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long end;

	page = area;
	for (int bit = 0; bit < 32; bit++) {
		call(SYS_mmap, -1, -1L, 1U << bit, MAP_SHARED, bit, 0x1000);
		call(SYS_mmap, -1, -1L, PROT_READ, 1U << bit, -1, 0);
		call(SYS_mmap, -1, -1L, PROT_READ, MAP_ANONYMOUS | MAP_PRIVATE | 1U << bit, -1, 0x123456789000);
		call(SYS_mmap, -1, -1L, PROT_READ, MAP_HUGETLB | MAP_PRIVATE | 1U << bit, -2, 4096);
		both(SYS_mprotect, area, 4096, 1U << bit);
	}
	for (int type = 0; type < 16; type++)
		call(SYS_mmap, -1, -1L, PROT_NONE, type, -1, 0x123000);
	for (int size = 0; size < 64; size++) {
		call(SYS_mmap, -1, -1L, PROT_READ, MAP_HUGETLB | MAP_ANONYMOUS | MAP_PRIVATE | size << 26, -1, 0);
		call(SYS_mmap, -1, -1L, PROT_READ, MAP_ANONYMOUS | MAP_PRIVATE | size << 26, -1, 0);
	}
	call(SYS_mmap, 0xdeadbeef, 0, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, 7, 0x7000);
	call(SYS_mmap, NULL, 0xffffffffffffffff, -1, -1, -1, 0xffffffffffffffff);
	call(SYS_mmap, NULL, 0x1000, 0x100000001, 0x100000022, 0x1ffffffff, 0x1001);
	call(SYS_mprotect, area, 0x1000, PROT_READ | PROT_EXEC);
	call(SYS_mprotect, area, -1, -1);
	call(SYS_mprotect, 1, 2, 0);
	both(SYS_mprotect, NULL, 0, PROT_READ | 0x01000000);
	call(SYS_munmap, area + 0x2000, 0x1000);
	call(SYS_munmap, 1, -1L);
	both(SYS_munmap, NULL, 0);
	for (int bit = 0; bit < 32; bit++) {
		both(SYS_mremap, area, 0x1000, 0x2000, 1U << bit);
		call(SYS_mremap, 1, 0x1000, 0x2000, 1U << bit, 0xdeadb000);
		both(SYS_msync, area, 0x1000, 1U << bit);
		both(325, area, 0x1000, 1U << bit);
		both(SYS_mlockall, 1U << bit);
		both(SYS_remap_file_pages, area, 0x1000, 1U << bit, 3, 1U << bit);
		both(SYS_pkey_alloc, 1U << bit, 1U << bit);
		both(SYS_pkey_mprotect, area, 0x1000, 1U << bit, bit - 1);
		both(SHADOW_STACK, area, 0x1000, 1U << bit);
		both(MSEAL, area, 0x1000, 1UL << bit * 2);
		both(PROCESS_MRELEASE, bit, 1U << bit);
	}
	call(SYS_mremap, area, 0x1000, 0x1000, MREMAP_MAYMOVE);
	both(SYS_mremap, area, 0x1000, 0x1000, 3, 0xdeadbeef);
	both(SYS_mremap, NULL, -1L, 0x1000, 7, NULL);
	both(SYS_mremap, NULL, -1L, 0x1000, 0, NULL);
	call(SYS_msync, area, 0x1000, MS_SYNC);
	call(SYS_msync, 1, 0, 0);
	call(SYS_mlock, area, 0x1000);
	call(SYS_mlock, 1, -1L);
	call(SYS_munlock, area, 0x1000);
	call(325, area, 0x1000, 0);
	call(325, area, 0x1000, -1);
	call(SYS_munlockall);
	both(SYS_mlockall, 0);
	call(SYS_mlockall, -1);
	call(SYS_remap_file_pages, area, 0x1000, 0, 0, 0);
	call(SYS_pkey_alloc, 0, 0);
	call(SYS_pkey_alloc, 0, 3);
	call(SYS_pkey_mprotect, area, 0x1000, 3, -1);
	call(SYS_pkey_free, 1);
	call(SYS_pkey_free, -1);
	both(SHADOW_STACK, 0, 0, 0);
	both(SHADOW_STACK, 0, 0, -1);
	both(MSEAL, 0, 0, 0);
	both(SYS_brk, NULL);
	end = call(SYS_brk, NULL);
	call(SYS_brk, end + 0x1000);
	call(SYS_brk, -1L);
}

static void advice(void)
{
	struct iovec { void *base; size_t size; } *vectors = at_the_edge(NULL, 3 * sizeof *vectors);

	vectors[0].base = page, vectors[0].size = 0x1000;
	vectors[1].base = NULL, vectors[1].size = 0;
	vectors[2].base = BEYOND, vectors[2].size = -1UL;
	for (int number = -2; number < 120; number++) {
		both(SYS_madvise, page, 0x1000, number);
		both(PROCESS_MADVISE, number, vectors, number & 3, number, number);
	}
	call(SYS_madvise, page, 0x1000, MADV_DONTNEED);
	call(SYS_madvise, 1, -1L, 4);
	both(PROCESS_MADVISE, -1, NULL, 0, 0, 0);
	both(PROCESS_MADVISE, -1, NOWHERE, 1, 0, 1L << 33);
	both(PROCESS_MADVISE, 5, vectors, 4, 0x100000001, 0);
	both(PROCESS_MADVISE, 5, vectors, -1L, 21, 0);
	both(PROCESS_MADVISE, 5, vectors, 40, 21, 0);
	call(PROCESS_MADVISE, -1, vectors, 1, MADV_COLD, 0);
}

static void residence(void)
{
	unsigned char *vector = at_the_edge(NULL, 40);

	for (int i = 0; i < 40; i++)
		vector[i] = i & 1;
	for (int pages = 0; pages < 50; pages += 3)
		both(SYS_mincore, page, pages * 4096, vector);
	both(SYS_mincore, page, 1, vector);
	both(SYS_mincore, page, 4097, vector);
	vector[1] = 0xfe;
	vector[2] = 0xff;
	both(SYS_mincore, page, 12288, vector);
	call(SYS_mincore, page, 4096, vector);
	call(SYS_mincore, page, 4096, NOWHERE);
	call(SYS_mincore, 1, 4096, vector);
	both(SYS_mincore, NULL, 0, NULL);
	both(SYS_mincore, page, -1L, vector);
	both(SYS_mincore, page, 4096, NULL);
	both(SYS_mincore, page, 4096, BEYOND);
}

static void policies(void)
{
	unsigned long *mask = at_the_edge(NULL, 24);
	int *mode = at_the_edge(NULL, 4);
	void **pages = at_the_edge(NULL, 3 * sizeof *pages);
	int *nodes = at_the_edge(NULL, 12), *states = at_the_edge(NULL, 12);

	mask[0] = 1, mask[1] = 0x8000000000000003, mask[2] = 0;
	for (int number = -1; number < 12; number++) {
		both(SYS_set_mempolicy, number, mask, 64);
		both(SYS_mbind, page, 0x1000, number, mask, 64, number);
		*mode = number;
		both(SYS_get_mempolicy, mode, NULL, 0, NULL, 0);
	}
	for (int bit = 0; bit < 32; bit++) {
		both(SYS_set_mempolicy, 1U << bit | 1, NULL, 0);
		both(SYS_set_mempolicy, 1U << bit, NULL, 0);
		call(SYS_mbind, page, 0x1000, 1U << bit | 2, mask, 64, 1U << bit);
		call(SYS_mbind, 1, 0x1000, 1U << bit, mask, 64, 1U << bit);
		*mode = 1 << bit;
		both(SYS_get_mempolicy, mode, mask, 64, page, 1U << bit);
		both(SYS_migrate_pages, bit, 65, mask, mask);
		both(SYS_move_pages, bit, bit & 3, pages, nodes, states, 1U << bit);
		call(SYS_move_pages, -bit, bit & 3, pages, nodes, states, 1U << bit);
		both(HOME_NODE, page, 1UL << bit * 2, 1UL << bit, 1UL << bit);
	}
	for (int bits = 0; bits < 400; bits += 21) {
		both(SYS_set_mempolicy, 2, mask, bits);
		both(SYS_get_mempolicy, mode, mask, bits, 0, 0);
		both(SYS_migrate_pages, 1, bits, mask, mask);
	}
	for (int bits = 62; bits < 67; bits++)
		both(SYS_set_mempolicy, 2, mask, bits);
	mask[0] = 0, mask[1] = 0;
	both(SYS_set_mempolicy, 2, mask, 128);
	both(SYS_set_mempolicy, 2, mask, 0);
	both(SYS_set_mempolicy, 2, mask, -1L);
	both(SYS_set_mempolicy, 2, NOWHERE, 64);
	both(SYS_set_mempolicy, 2, NULL, 64);
	both(SYS_get_mempolicy, NULL, NULL, 0, NULL, 0);
	both(SYS_get_mempolicy, NOWHERE, NOWHERE, 64, NULL, 3);
	call(SYS_get_mempolicy, mode, mask, 64, NULL, 0);
	call(SYS_get_mempolicy, mode, mask, 64, page, 3);
	call(SYS_set_mempolicy, 0, NULL, 0);
	call(SYS_mbind, NULL, 0, 0, NULL, 0, 0);
	pages[0] = page, pages[1] = NULL, pages[2] = BEYOND;
	nodes[0] = 0, nodes[1] = -1, nodes[2] = 0x7fffffff;
	for (int i = 0; i < 3; i++)
		states[i] = (int[]){0, -2, -14}[i];
	for (int count = -1; count < 5; count++) {
		both(SYS_move_pages, 0, count, pages, nodes, states, 2);
		call(SYS_move_pages, 0, count, pages, nodes, states, 0x80);
		call(SYS_move_pages, 0, count, pages, NULL, states, 0);
		call(SYS_move_pages, 0, count, NULL, nodes, states, 2);
		call(SYS_move_pages, 0, count, pages, NOWHERE, NULL, 6);
		call(SYS_move_pages, 0, count, NOWHERE, nodes, NOWHERE, -1);
	}
	states[0] = -200, states[1] = 200;
	both(SYS_move_pages, 0, 3, pages, nodes, states, 2);
	both(SYS_move_pages, 0, 0x7fffffffffffffff, pages, nodes, states, 2);
}

static void segments(void)
{
	struct user_desc *entry = at_the_edge(NULL, sizeof *entry);
	uint32_t *words = (void *) entry;

	for (int function = -1; function < 4; function++) {
		both(SYS_modify_ldt, function, entry, sizeof *entry);
		both(SYS_modify_ldt, function, entry, 15);
		both(SYS_modify_ldt, function, NULL, 0);
		both(SYS_modify_ldt, function, NOWHERE, 16);
	}
	for (int bit = 0; bit < 32; bit++) {
		words[0] = bit - 1, words[1] = 1U << bit, words[2] = bit * 1000, words[3] = 1U << bit;
		both(SYS_modify_ldt, 1, entry, 16);
		both(SYS_set_thread_area, entry);
		both(SYS_get_thread_area, entry);
	}
	call(SYS_modify_ldt, 0, entry, 16);
	call(SYS_modify_ldt, 17, NULL, 0);
	call(SYS_set_thread_area, NULL);
}

static void copies(void)
{
	struct iovec { void *base; size_t size; } *local = at_the_edge(NULL, 2 * sizeof *local), *remote = at_the_edge(NULL, 3 * sizeof *local);
	char text[] = "some\tbytes\1 that are longer than thirty-two", other[64] = "other";

	local[0].base = text, local[0].size = 5, local[1].base = text + 5, local[1].size = 39;
	remote[0].base = other, remote[0].size = 40, remote[1].base = NOWHERE, remote[1].size = 3, remote[2].base = NULL, remote[2].size = 0;
	call(SYS_process_vm_readv, getpid(), local, 2, remote, 1, 0);
	call(SYS_process_vm_writev, getpid(), local, 2, remote, 1, 0);
	call(SYS_process_vm_readv, getpid(), local, 2, remote, 2, 0);
	call(SYS_process_vm_readv, -1, local, 3, remote, 4, 1);
	call(SYS_process_vm_writev, -1, local, 3, remote, 4, -1L);
	call(SYS_process_vm_writev, -1, NULL, 0, NOWHERE, -1L, 0);
	call(SYS_process_vm_readv, -1, NOWHERE, 1, NULL, 0, 1L << 40);
	call(SYS_process_vm_readv, -1, NULL, -1L, remote, 3, 0);
	call(SYS_process_vm_writev, 1, local, 2000, remote, 0, 0);
	local[0].base = NOWHERE;
	call(SYS_process_vm_writev, getpid(), local, 2, remote, 2, 0);
}

static void barriers(void)
{
	for (int bit = -1; bit < 32; bit++) {
		both(SYS_membarrier, bit < 0 ? 0 : 1U << bit, bit < 0 ? 0 : 1U << bit, bit);
		both(SYS_membarrier, 3 << bit, 0x80000001, -1);
	}
	call(SYS_membarrier, 0, 0, 0);
	call(SYS_membarrier, 1 << 30, 0, 0);
	call(SYS_membarrier, 0x80, 1, 0);
}

int main(void)
{
	begin_pretending();
	mappings();
	advice();
	residence();
	policies();
	segments();
	copies();
	barriers();
	return 0;
}
