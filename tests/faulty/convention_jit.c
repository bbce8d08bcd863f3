// finds: convention.fourth_argument
// says: was put into rcx (mov $0x22,%ecx)
// A code generator that takes system calls for functions: the code is in no file.
#include <string.h>
#include <sys/mman.h>
int main(void) {
	unsigned char code[] = {
		0x31, 0xff, 0xbe, 0, 0x10, 0, 0, 0xba, 3, 0, 0, 0,  // xor %edi,%edi; mov $4096,%esi; mov $3,%edx
		0xb9, 0x22, 0, 0, 0, 0x49, 0xc7, 0xc0, 0xff, 0xff, 0xff, 0xff, 0x45, 0x31, 0xc9,  // mov $0x22,%ecx; mov $-1,%r8; xor %r9d,%r9d
		0xb8, 9, 0, 0, 0, 0x0f, 0x05, 0xc3,  // mov $9,%eax; syscall; ret
	};
	char *place = mmap(0, 4096, 7, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(place, 0x90, 256);
	memcpy(place + 256, code, sizeof(code));
	return ((long (*)(void))(place + 256))() > 0;
}
