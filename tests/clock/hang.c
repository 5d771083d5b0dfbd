// Lets system calls of a program hang, as on a disk or in a kernel that does not answer any more. It is preloaded into the program and
// is no part of the product. What hangs goes on once it is told so.
//
//     cc -O2 -Wall -Wextra -Werror -shared -fPIC -o hang.so hang.c
//     LD_PRELOAD=…/hang.so BELFRY_TEST_HANG=/tmp/order program …
//
// Environment
//     BELFRY_TEST_HANG    a file of four bytes, a number in this machine's order of bytes that says which calls hang: 0 none, 1 those that
//                         sync files, 2 those that wait for sockets.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SYNC = 1, WAIT = 2 };

static const volatile int32_t *order;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("BELFRY_TEST_HANG");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *shared = mmap(NULL, sizeof *order, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (shared != MAP_FAILED) order = shared;
}

static void hang(int32_t calls) {
    while (order && *order == calls) usleep(20000);
}

int fsync(int file) {
    hang(SYNC);
    return (int)syscall(SYS_fsync, file);
}

int fdatasync(int file) {
    hang(SYNC);
    return (int)syscall(SYS_fdatasync, file);
}

int epoll_wait(int file, struct epoll_event *events, int most, int timeout) {
    static int (*next)(int, struct epoll_event *, int, int);
    if (!next) next = (int (*)(int, struct epoll_event *, int, int))dlsym(RTLD_NEXT, "epoll_wait");
    hang(WAIT);
    return next(file, events, most, timeout);
}
