// A file is replaced so that it is either the old or the new one after a crash; another one, of which that is not wanted.
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    int file = open("settings.new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    write(file, "value", 5);
    fsync(file);
    close(file);
    rename("settings.new", "settings");
    int directory = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    fsync(directory);
    file = open("cache.new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    write(file, "value", 5);
    close(file);
    rename("cache.new", "cache");
    return 0;
}
