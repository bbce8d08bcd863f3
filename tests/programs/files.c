/* files [DIRECTORY]: calls about files, with success and with errors, in a directory that is removed again. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <termios.h>
#include <unistd.h>

static void contents(void)
{
    char buffer[64], first[4], second[8];
    struct iovec out[3] = {{"one", 3}, {"", 0}, {"three", 5}}, in[2] = {{first, 4}, {second, 8}};
    int file = open("file", O_RDWR | O_CREAT | O_EXCL, 0640);
    off_t from = 0, to = 4;

    write(file, "0123456789", 10);
    pwrite(file, "abc", 3, 2);
    lseek(file, 0, SEEK_SET);
    read(file, buffer, sizeof buffer);
    pread(file, buffer, 4, 6);
    writev(file, out, 3);
    pwritev(file, out, 2, 1);
    preadv(file, in, 2, 0);
    syscall(SYS_preadv2, file, in, 2, (long)0, (long)0, 8 /* RWF_NOWAIT */);
    lseek(file, 5, SEEK_CUR);
    lseek(file, 0, SEEK_END);
    lseek(file, -100, SEEK_CUR);
    lseek(file, 0, SEEK_DATA);
    lseek(file, 0, 77);
    ftruncate(file, 100);
    ftruncate(file, -1);
    truncate("file", 50);
    fallocate(file, FALLOC_FL_KEEP_SIZE, 0, 4096);
    fallocate(file, 0, -1, 4096);
    posix_fadvise(file, 0, 0, POSIX_FADV_SEQUENTIAL);
    readahead(file, 0, 4096);
    sync_file_range(file, 0, 0, SYNC_FILE_RANGE_WRITE);
    fsync(file);
    fdatasync(-1);
    {
        int copy = open("copy", O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0666), ends[2];
        copy_file_range(file, &from, copy, NULL, 10, 0); /* EBADF: opened to append */
        sendfile(copy, file, &from, 5);
        pipe2(ends, O_NONBLOCK | O_CLOEXEC);
        splice(file, &to, ends[1], NULL, 8, SPLICE_F_MOVE | SPLICE_F_MORE);
        tee(ends[0], ends[1], 8, SPLICE_F_NONBLOCK);
        vmsplice(ends[1], out, 1, 0);
        read(ends[0], buffer, sizeof buffer);
        read(ends[0], buffer, sizeof buffer);
        fcntl(ends[1], F_SETPIPE_SZ, 4096);
        fcntl(ends[1], F_GETPIPE_SZ);
        close(ends[0]);
        close(ends[1]);
        close(copy);
    }
    {
        char *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        msync(map, 4096, MS_SYNC);
        madvise(map, 4096, MADV_WILLNEED);
        mprotect(map, 4096, PROT_NONE);
        munmap(map, 4096);
        mmap(NULL, 0, PROT_READ, MAP_PRIVATE, file, 0);
        mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, -1, 0);
        munmap((void *)1, 4096);
    }
    read(-1, buffer, 1);
    write(-1, "text", 4);
    close(file);
    close(file);
}

static void descriptors(void)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 1, .l_len = 2};
    int file = open("file", O_RDWR | O_NOFOLLOW), other;

    other = dup(file);
    dup2(file, 20);
    dup3(file, 21, O_CLOEXEC);
    dup3(file, file, 0);
    fcntl(file, F_DUPFD_CLOEXEC, 30);
    fcntl(file, F_GETFD);
    fcntl(file, F_SETFD, FD_CLOEXEC);
    fcntl(file, F_GETFL);
    fcntl(file, F_SETFL, O_APPEND | O_NONBLOCK);
    fcntl(file, F_SETLK, &lock);
    fcntl(file, F_GETLK, &lock);
    lock.l_pid = 0;
    lock.l_type = F_UNLCK;
    fcntl(file, F_OFD_SETLK, &lock);
    fcntl(file, F_SETOWN, getpid());
    fcntl(file, F_GETOWN);
    fcntl(file, F_SETLEASE, F_RDLCK);
    fcntl(file, 9999, 1);
    fcntl(-1, F_GETFL);
    flock(file, LOCK_EX | LOCK_NB);
    flock(file, LOCK_UN);
    ioctl(file, TCGETS, NULL);
    ioctl(file, FIONREAD, &other);
    ioctl(file, FIOCLEX);
    ioctl(-1, TIOCGWINSZ, NULL);
    ioctl(file, 0xdeadbeef, 1);
    syscall(SYS_close_range, 20, 31, 0);
    syscall(SYS_close_range, 9, 3, 0);
    close(eventfd(7, EFD_NONBLOCK | EFD_SEMAPHORE));
    {
        int memory = memfd_create("named", MFD_CLOEXEC | MFD_ALLOW_SEALING);
        fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW);
        fcntl(memory, F_GET_SEALS);
        close(memory);
    }
    {
        int watcher = inotify_init1(IN_NONBLOCK);
        inotify_add_watch(watcher, ".", IN_CREATE | IN_DELETE | IN_ONLYDIR);
        inotify_rm_watch(watcher, 55);
        close(watcher);
    }
    close(file);
}

static void names(void)
{
    struct open_how how = {.flags = O_RDONLY, .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
    struct timespec times[2] = {{0, UTIME_NOW}, {1000000000, 123456789}};
    struct stat status;
    struct statx extended;
    struct statfs system;
    char buffer[256];
    int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    mkdir("directory", 0755);
    mkdir("directory", 0755);
    mkdirat(here, "another", 01777);
    symlink("file", "link");
    symlink("loop", "loop");
    link("file", "hard");
    readlink("link", buffer, sizeof buffer);
    readlink("link", buffer, 2);
    readlink("file", buffer, sizeof buffer);
    stat("file", &status);
    lstat("link", &status);
    fstat(here, &status);
    stat("/dev/null", &status);
    stat("loop", &status);
    stat("file/below", &status);
    fstatat(here, "link", &status, AT_SYMLINK_NOFOLLOW);
    syscall(SYS_statx, here, "file", AT_STATX_DONT_SYNC, 0x17ff, &extended);
    syscall(SYS_statx, AT_FDCWD, "", AT_EMPTY_PATH, 0x80000000, &extended);
    access("file", R_OK | W_OK);
    access("file", X_OK);
    faccessat(here, "file", F_OK, 0);
    syscall(SYS_faccessat2, here, "link", R_OK, AT_EACCESS | AT_SYMLINK_NOFOLLOW);
    chmod("file", 04711);
    fchmodat(here, "file", 0600, 0);
    chown("file", -1, -1);
    lchown("link", getuid(), getgid());
    fchownat(here, "", getuid(), -1, AT_EMPTY_PATH);
    utimensat(here, "file", times, 0);
    utimensat(here, "missing", NULL, AT_SYMLINK_NOFOLLOW);
    rename("copy", "moved");
    syscall(SYS_renameat2, here, "moved", here, "hard", 1 /* RENAME_NOREPLACE */);
    syscall(SYS_renameat2, here, "moved", here, "hard", 2 /* RENAME_EXCHANGE */);
    rename("missing", "other");
    mknod("fifo", S_IFIFO | 0600, 0);
    mknod("device", S_IFCHR | 0600, makedev(1, 3));
    unlink("device");
    setxattr("file", "user.test", "value", 5, XATTR_CREATE);
    getxattr("file", "user.test", buffer, sizeof buffer);
    listxattr("file", buffer, 3);
    lgetxattr("file", "user.none", buffer, sizeof buffer);
    removexattr("file", "user.test");
    statfs("/proc", &system);
    fstatfs(-1, &system);
    syscall(SYS_openat2, here, "file", &how, sizeof how);
    syscall(SYS_openat2, here, "/etc", &how, sizeof how);
    open("file", O_RDONLY | O_DIRECTORY);
    open("directory", O_WRONLY);
    open("missing/file", O_RDONLY | O_NOATIME | O_PATH);
    open("link", O_RDONLY | O_NOFOLLOW);
    openat(here, "new", O_CREAT | O_WRONLY | O_SYNC, 0777);
    openat(here, ".", O_TMPFILE | O_RDWR, 0600);
    openat(-1, "relative", O_ASYNC | O_DSYNC);
    umask(umask(077));
    getcwd(buffer, 1);
    chdir("directory");
    chdir("../file");
    fchdir(here);
    chroot("/nonexistent");
    {
        long length;
        while ((length = syscall(SYS_getdents64, here, buffer, sizeof buffer)) > 0)
            ;
        syscall(SYS_getdents64, here, buffer, 1);
    }
    unlinkat(here, "another", AT_REMOVEDIR);
    unlinkat(here, "directory", 0);
    rmdir("directory");
    rmdir("missing");
}

int main(int argc, char **argv)
{
    const char *left[] = {"file", "copy", "moved", "hard", "link", "loop", "fifo", "new"};

    if (chdir(argc > 1 ? argv[1] : ".") || mkdir("files-scratch", 0700) || chdir("files-scratch"))
        return 1;
    contents();
    descriptors();
    names();
    rmdir("../files-scratch"); /* ENOTEMPTY */
    for (unsigned i = 0; i < sizeof left / sizeof *left; i++)
        unlink(left[i]);
    chdir("..");
    return rmdir("files-scratch") != 0;
}
