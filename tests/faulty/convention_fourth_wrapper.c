// finds: convention.fourth_argument
// says: as for a function
// A wrapper of somebody who knows how functions are called.
static long call6(long n, long a, long b, long c, long d, long e, long f) {
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long result;
	__asm__ volatile("syscall" : "=a"(result) : "a"(n), "D"(a), "S"(b), "d"(c), "c"(d), "r"(r8), "r"(r9) : "r11", "memory");
	return result;
}
int main(void) {
	return call6(9, 0, 4096, 3, 0x22, -1, 0) > 0;
}
