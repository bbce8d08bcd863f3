// A length is read, then as many bytes, of which a part has come so far; the rest is not waited for.
// finds: io.short_read
// says: got only 60
#include <unistd.h>

int main(void)
{
    int ends[2], length = 100;
    char data[100] = {0};
    pipe(ends);
    write(ends[1], &length, sizeof length);
    write(ends[1], data, 60);
    read(ends[0], &length, sizeof length);
    read(ends[0], data, length);
    write(ends[1], data, 40);
    return 0;
}
