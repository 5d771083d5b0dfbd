// Sets a program's wall clock ahead, for the tests of what happens a quarter of an hour or two days later. It is preloaded into the
// program and is no part of the product. The clock by which programs measure durations and deadlines goes on as it does.
//
//     cc -O2 -Wall -Wextra -Werror -shared -fPIC -o clock.so clock.c
//     LD_PRELOAD=…/clock.so BELFRY_TEST_CLOCK=/tmp/ahead program …
//
// Environment
//     BELFRY_TEST_CLOCK   a file of eight bytes: by how many seconds the clock is ahead, in this machine's order of bytes. It is read
//                         each time that somebody asks for the time, so that whoever writes it moves the clock of a running program.

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *ahead;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("BELFRY_TEST_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *shared = mmap(NULL, sizeof *ahead, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (shared != MAP_FAILED) ahead = shared;
}

int clock_gettime(clockid_t clock, struct timespec *at) {
    int result = (int)syscall(SYS_clock_gettime, clock, at);
    int wall = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
    if (result == 0 && wall && ahead) at->tv_sec += *ahead;
    return result;
}
