// The directory is written to the disk, but not the file.
// finds: file.not_durable
// says: is made durable, but not what is in it
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    int file = open("settings.new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    write(file, "value", 5);
    close(file);
    rename("settings.new", "settings");
    int directory = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    fsync(directory);
    return 0;
}
