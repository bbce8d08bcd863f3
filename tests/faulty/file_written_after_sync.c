// A file is written to the disk, but not its end.
// finds: file.not_durable
// says: was written once more
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    int file = open("settings.new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    write(file, "value", 5);
    fsync(file);
    write(file, "end", 3);
    close(file);
    rename("settings.new", "settings");
    return 0;
}
