/* strings: writes with every value of a byte, long strings, and strings that end where a page that is not there begins. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static char long_text[10000];

int main(void)
{
    unsigned char all[256];
    int null = open("/dev/null", O_WRONLY);
    char *pages = mmap(NULL, 2 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *end = pages + 4096;
    struct stat status;

    for (int i = 0; i < 256; i++)
        all[i] = i;
    for (int i = 0; i < 256; i += 16)
        write(null, all + i, 16);
    for (int i = 0; i < 256; i++)
        write(null, all + i, 1);
    write(null, all, 256);
    write(null, "a\0b\0001\1e\0", 8); /* an octal escape is padded when a digit follows */
    write(null, "\0017\377\"\\?\?=", 8);
    write(null, "\xc3\xa9t\xc3\xa9 \xf0\x9f\x90\x8d", 11);
    write(null, "", 0);

    memset(long_text, 'L', sizeof long_text - 1);
    for (int length = 30; length <= 34; length++) /* around strace's limit of 32 */
        write(null, long_text, length);
    write(null, long_text, sizeof long_text);
    open(long_text, O_RDONLY); /* ENAMETOOLONG */
    access(long_text + sizeof long_text - 1 - 4095, F_OK);
    access(long_text + sizeof long_text - 1 - 4096, F_OK);
    access("", F_OK);
    access("/nonexistent/\001\002\n\t\"quoted\" <brackets> \xff", F_OK);
    access("/nonexistent/exactly-thirty-two--", F_OK);
    access("/nonexistent/a-path-is-never-cut-even-when-it-is-longer-than-the-limit-of-strings", F_OK);

    munmap(end, 4096);
    strcpy(end - 10, "/nonexist"); /* its last byte is the last of the page */
    access(end - 10, F_OK);
    memset(end - 10, 'p', 10);
    access(end - 10, F_OK); /* EFAULT: no end before the hole */
    write(null, end - 10, 10);
    write(null, end - 10, 11);
    write(null, end - 100, 200);
    write(null, end, 5);
    stat(end - 1, &status);
    {
        struct iovec parts[3] = {{end - 10, 10}, {end - 4, 8}, {"after", 5}};
        writev(null, parts, 3);
        writev(null, (struct iovec *)(end - 16), 2);
    }
    return 0;
}
