// Stands between a program and the file system, for the tests of the store: it writes down every operation that changes something
// below one directory, so that power cuts can be replayed from the log, and it makes chosen operations fail. It is preloaded into a
// child of the tests and is no part of the product. It does not know what the files hold, nor what a cut leaves of them.
//
//     cc -O2 -Wall -Wextra -Werror -shared -fPIC -o operations.so operations.c
//     LD_PRELOAD=…/operations.so BELFRY_FILES_ROOT=/tmp/data BELFRY_FILES_LOG=/tmp/log program …
//
// Environment
//     BELFRY_FILES_ROOT   the directory that is watched: absolute, without symbolic links. Nothing is watched without it.
//     BELFRY_FILES_LOG    the file to which the operations are appended, outside of the root. Nothing is written down without it.
//     BELFRY_FILES_FAIL   OPERATION:FIRST:COUNT:ERRNO[:TEXT], for example write:17:3:28:/store/db
//                         Of the operations of that name on paths that contain TEXT, counted from 1, those from FIRST on fail with
//                         ERRNO, COUNT of them. A write that fails has written half of its bytes, as on a full disk; a sync that
//                         fails fails once more through each other descriptor of its file; anything else that fails did nothing.
//                         Of sector:FIRST:LENGTH:ERRNO[:TEXT], every read of those bytes of a file fails.
//                         Names: open (that creates), write, length, sync (fsync, fdatasync), range (sync_file_range),
//                         rename, link, remove (unlink, rmdir), make (mkdir), read (read, pread).
//     BELFRY_FILES_READ_ONLY
//                         While a file of that name is there, the file system below the root is read-only: every operation that
//                         changes something fails with EROFS and does nothing.
//
// The log is a sequence of records in the machine's byte order: kind (4 bytes), number of bytes at the end (4), file (8), place (8),
// bytes. A record is appended once its operation came back, before any other may begin, so that a sync covers exactly the writes
// before it. The program may append records of kinds of its own from 100 on, each with one write.
//
//     kind       file     place        bytes
//     1 open     inode    1: created   path below the root, of a file or a directory
//     2 write    inode    offset       what was written
//     3 length   inode    new length
//     4 sync     inode
//     5 rename                         old path, 0, new path
//     6 link                           old path, 0, new path
//     7 remove                         path
//     8 make                           path of the directory
//     9 failed   inode    ERRNO        name of the operation
//
// sync_file_range is not written down: it empties no disk's cache and writes no metadata, so it promises nothing. An operation below
// the root that the log has no words for ends the program with status 86. One that does not come by here (a system call made
// without the C library) is found by the tests: the replay of the whole log must give the files as they lie there.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { OPEN = 1, WRITE, LENGTH, SYNC, RENAME, LINK, REMOVE, MAKE, FAILED };

#define MAX_DESCRIPTORS 4096
#define UNSUPPORTED 86

// An open file or directory below the root.
struct watched {
    uint64_t inode;
    bool appends;
    // A sync of the same file failed through another descriptor: the next one through this is told, too, as the kernel does it.
    int owed;
    char path[PATH_MAX];
};

static struct {
    char operation[16];
    long first, count, seen;
    int error;
    char text[256];
} fail;

static const char *root, *read_only;
static size_t root_length;
static int log_descriptor = -1;
static struct watched *descriptors[MAX_DESCRIPTORS];
// Held during every watched operation, so that the log has them in their true order.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void give_up(const char *what, const char *path) {
    dprintf(2, "operations.c: %s %s\n", what, path);
    _exit(UNSUPPORTED);
}

__attribute__((constructor)) static void begin(void) {
    const char *log = getenv("BELFRY_FILES_LOG"), *wish = getenv("BELFRY_FILES_FAIL");
    root = getenv("BELFRY_FILES_ROOT");
    read_only = getenv("BELFRY_FILES_READ_ONLY");
    root_length = root ? strlen(root) : 0;
    if (log) {
        log_descriptor = syscall(SYS_openat, AT_FDCWD, log, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
        if (log_descriptor < 0) give_up("cannot write the log", log);
    }
    if (wish) {
        int read = sscanf(wish, "%15[^:]:%ld:%ld:%d:%255s", fail.operation, &fail.first, &fail.count, &fail.error, fail.text);
        if (read < 4) give_up("cannot read BELFRY_FILES_FAIL", wish);
    }
}

static void record(enum kind kind, uint64_t file, uint64_t place, const void *bytes, size_t length) {
    if (log_descriptor < 0) return;
    struct {
        uint32_t kind, length;
        uint64_t file, place;
    } head = {kind, (uint32_t)length, file, place};
    struct iovec parts[] = {{&head, sizeof head}, {(void *)bytes, length}};
    if (syscall(SYS_writev, log_descriptor, parts, 2) != (ssize_t)(sizeof head + length)) give_up("cannot write", "the log");
}

static bool is_read_only(void) { return read_only && syscall(SYS_faccessat, AT_FDCWD, read_only, F_OK) == 0; }

// The error with which this operation is to fail; 0 lets it go on.
static int failure(const char *operation, const char *path, uint64_t inode) {
    if (strcmp(operation, "read") != 0 && is_read_only()) return EROFS;
    if (strcmp(operation, fail.operation) != 0 || !strstr(path, fail.text)) return 0;
    fail.seen++;
    if (fail.seen < fail.first || fail.seen - fail.first >= fail.count) return 0;
    record(FAILED, inode, fail.error, operation, strlen(operation));
    return fail.error;
}

// Releases the lock and returns as a system call does.
static long leave(long result, int error) {
    pthread_mutex_unlock(&lock);
    if (result < 0) errno = error;
    return result;
}

// ---- Paths

// The absolute form of a path that is relative to a directory's descriptor.
static void absolute(int directory, const char *path, char *out) {
    char link[64], base[PATH_MAX] = "";
    if (path[0] != '/') {
        if (directory == AT_FDCWD) snprintf(link, sizeof link, "/proc/self/cwd");
        else snprintf(link, sizeof link, "/proc/self/fd/%d", directory);
        ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, base, sizeof base - 2);
        base[length < 0 ? 0 : length] = 0;
        strcat(base, "/");
    }
    if (snprintf(out, PATH_MAX, "%s%s", base, path) >= PATH_MAX) give_up("too long a path", path);
}

// The path below the root ("" for the root itself); NULL when it lies elsewhere.
static const char *below(const char *path) {
    if (!root || strncmp(path, root, root_length) != 0) return NULL;
    if (path[root_length] == 0) return "";
    return path[root_length] == '/' ? path + root_length + 1 : NULL;
}

static void record_two(enum kind kind, const char *old, const char *new) {
    char both[2 * PATH_MAX];
    int length = snprintf(both, sizeof both, "%s%c%s", old, 0, new);
    record(kind, 0, 0, both, length);
}

// ---- Opening and closing

static struct watched *watched(int descriptor) {
    return descriptor >= 0 && descriptor < MAX_DESCRIPTORS ? descriptors[descriptor] : NULL;
}

static void watch(int descriptor, const struct watched *file) {
    if (descriptor >= MAX_DESCRIPTORS) give_up("too many open files", file->path);
    struct watched *copy = malloc(sizeof *copy);
    if (!copy) give_up("no memory for", file->path);
    *copy = *file;
    free(descriptors[descriptor]);
    descriptors[descriptor] = copy;
}

static void forget(int descriptor) {
    if (!watched(descriptor)) return;
    free(descriptors[descriptor]);
    descriptors[descriptor] = NULL;
}

static int open_watched(int directory, const char *path, int flags, mode_t mode, const char *name) {
    struct watched file = {.appends = flags & O_APPEND, .owed = 0};
    struct stat facts;
    snprintf(file.path, sizeof file.path, "%s", name);
    bool there = syscall(SYS_faccessat, directory, path, F_OK) == 0;
    int error = flags & O_CREAT && !there ? failure("open", name, 0) : 0;
    if (!error && (flags & O_ACCMODE) != O_RDONLY && is_read_only()) error = EROFS;
    if (error) return leave(-1, error);
    if ((flags & O_TMPFILE) == O_TMPFILE) give_up("cannot record O_TMPFILE in", name);
    int descriptor = syscall(SYS_openat, directory, path, flags, mode);
    if (descriptor < 0) return leave(-1, errno);
    fstat(descriptor, &facts);
    file.inode = facts.st_ino;
    watch(descriptor, &file);
    record(OPEN, file.inode, !there, name, strlen(name));
    if (there && flags & O_TRUNC) record(LENGTH, file.inode, 0, NULL, 0);
    return leave(descriptor, 0);
}

static int open_any(int directory, const char *path, int flags, mode_t mode) {
    char whole[PATH_MAX];
    absolute(directory, path, whole);
    const char *name = below(whole);
    pthread_mutex_lock(&lock);
    if (name) return open_watched(directory, path, flags, mode, name);
    int descriptor = syscall(SYS_openat, directory, path, flags, mode);
    return leave(descriptor, errno);
}

#define WITH_MODE(last)                                                                                                                \
    mode_t mode = 0;                                                                                                                   \
    if (last & (O_CREAT | O_TMPFILE)) {                                                                                                \
        va_list rest;                                                                                                                  \
        va_start(rest, last);                                                                                                          \
        mode = va_arg(rest, mode_t);                                                                                                   \
        va_end(rest);                                                                                                                  \
    }

int open(const char *path, int flags, ...) {
    WITH_MODE(flags)
    return open_any(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    WITH_MODE(flags)
    return open_any(AT_FDCWD, path, flags, mode);
}

int openat(int directory, const char *path, int flags, ...) {
    WITH_MODE(flags)
    return open_any(directory, path, flags, mode);
}

int openat64(int directory, const char *path, int flags, ...) {
    WITH_MODE(flags)
    return open_any(directory, path, flags, mode);
}

int creat(const char *path, mode_t mode) { return open_any(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return creat(path, mode); }

int close(int descriptor) {
    pthread_mutex_lock(&lock);
    forget(descriptor);
    int result = syscall(SYS_close, descriptor);
    return leave(result, errno);
}

static int copied(int descriptor, int copy, int error) {
    if (copy >= 0 && watched(descriptor)) watch(copy, watched(descriptor));
    return leave(copy, error);
}

int dup(int descriptor) {
    pthread_mutex_lock(&lock);
    int copy = syscall(SYS_dup, descriptor);
    return copied(descriptor, copy, errno);
}

int dup3(int descriptor, int wanted, int flags) {
    pthread_mutex_lock(&lock);
    int copy = syscall(SYS_dup3, descriptor, wanted, flags);
    if (copy >= 0) forget(copy);
    return copied(descriptor, copy, errno);
}

static int control(int descriptor, int command, void *argument) {
    pthread_mutex_lock(&lock);
    long result = syscall(SYS_fcntl, descriptor, command, argument);
    int error = errno;
    if (command == F_DUPFD || command == F_DUPFD_CLOEXEC) return copied(descriptor, result, error);
    return leave(result, error);
}

#define WITH_ARGUMENT                                                                                                                  \
    va_list rest;                                                                                                                      \
    va_start(rest, command);                                                                                                           \
    void *argument = va_arg(rest, void *);                                                                                             \
    va_end(rest);

int fcntl(int descriptor, int command, ...) {
    WITH_ARGUMENT
    return control(descriptor, command, argument);
}

int fcntl64(int descriptor, int command, ...) {
    WITH_ARGUMENT
    return control(descriptor, command, argument);
}

// ---- Contents

// Whether the bytes from `at` on lie where the file cannot be read.
static bool is_unreadable(const struct watched *file, off_t at, size_t length) {
    if (strcmp(fail.operation, "sector") != 0 || !strstr(file->path, fail.text)) return false;
    return at < fail.first + fail.count && at + (off_t)length > fail.first;
}

static ssize_t read_watched(int descriptor, void *bytes, size_t length, off_t at, long call) {
    pthread_mutex_lock(&lock);
    struct watched *file = watched(descriptor);
    off_t place = file && call == SYS_read ? syscall(SYS_lseek, descriptor, 0, SEEK_CUR) : at;
    bool failed = file && is_unreadable(file, place, length);
    if (failed) record(FAILED, file->inode, fail.error, fail.operation, strlen(fail.operation));
    if (file && !failed) failed = failure("read", file->path, file->inode) != 0;
    pthread_mutex_unlock(&lock);
    if (failed) return errno = fail.error, -1;
    return syscall(call, descriptor, bytes, length, at);
}

ssize_t read(int descriptor, void *bytes, size_t length) { return read_watched(descriptor, bytes, length, 0, SYS_read); }
ssize_t pread(int descriptor, void *bytes, size_t length, off_t at) {
    return read_watched(descriptor, bytes, length, at, SYS_pread64);
}
ssize_t pread64(int descriptor, void *bytes, size_t length, off64_t at) {
    return read_watched(descriptor, bytes, length, at, SYS_pread64);
}

// Where a write without a place of its own begins.
static off_t position(int descriptor, const struct watched *file) {
    struct stat facts;
    if (!file->appends) return syscall(SYS_lseek, descriptor, 0, SEEK_CUR);
    fstat(descriptor, &facts);
    return facts.st_size;
}

// Writes at the place, or where the file stands (negative).
static ssize_t write_any(int descriptor, const void *bytes, size_t length, off_t at) {
    pthread_mutex_lock(&lock);
    struct watched *file = watched(descriptor);
    if (!file) {
        // Others may block, as pipes do.
        pthread_mutex_unlock(&lock);
        return at < 0 ? syscall(SYS_write, descriptor, bytes, length) : syscall(SYS_pwrite64, descriptor, bytes, length, at);
    }
    int failed = failure("write", file->path, file->inode);
    size_t wanted = failed == EROFS ? 0 : failed ? length / 2 : length;
    off_t place = at < 0 ? position(descriptor, file) : at;
    ssize_t written = at < 0 ? syscall(SYS_write, descriptor, bytes, wanted) : syscall(SYS_pwrite64, descriptor, bytes, wanted, at);
    int error = errno;
    if (written > 0) record(WRITE, file->inode, place, bytes, written);
    return failed ? leave(-1, failed) : leave(written, error);
}

ssize_t write(int descriptor, const void *bytes, size_t length) { return write_any(descriptor, bytes, length, -1); }
ssize_t pwrite(int descriptor, const void *bytes, size_t length, off_t at) { return write_any(descriptor, bytes, length, at); }
ssize_t pwrite64(int descriptor, const void *bytes, size_t length, off64_t at) { return write_any(descriptor, bytes, length, at); }

ssize_t writev(int descriptor, const struct iovec *parts, int count) {
    pthread_mutex_lock(&lock);
    bool ours = watched(descriptor);
    pthread_mutex_unlock(&lock);
    if (!ours) return syscall(SYS_writev, descriptor, parts, count);
    // A short write is allowed: the first part that holds anything.
    for (int part = 0; part < count; part++) {
        if (parts[part].iov_len > 0) return write(descriptor, parts[part].iov_base, parts[part].iov_len);
    }
    return 0;
}

static int set_length(int descriptor, off_t length) {
    pthread_mutex_lock(&lock);
    struct watched *file = watched(descriptor);
    int failed = file ? failure("length", file->path, file->inode) : 0;
    if (failed) return leave(-1, failed);
    int result = syscall(SYS_ftruncate, descriptor, length), error = errno;
    if (result == 0 && file) record(LENGTH, file->inode, length, NULL, 0);
    return leave(result, error);
}

int ftruncate(int descriptor, off_t length) { return set_length(descriptor, length); }
int ftruncate64(int descriptor, off64_t length) { return set_length(descriptor, length); }

// Like [failure], for what brings a file to the disk: every descriptor of the file hears of it once.
static int sync_failure(const char *operation, const struct watched *file) {
    int failed = failure(operation, file->path, file->inode);
    for (int other = 0; failed && other < MAX_DESCRIPTORS; other++) {
        struct watched *same = descriptors[other];
        if (same && same != file && same->inode == file->inode) same->owed = failed;
    }
    return failed;
}

static int sync_any(int descriptor, long call) {
    pthread_mutex_lock(&lock);
    struct watched *file = watched(descriptor);
    int failed = file ? sync_failure("sync", file) : 0;
    if (failed) return leave(-1, failed);
    int result = syscall(call, descriptor), error = errno;
    if (result == 0 && file) record(SYNC, file->inode, 0, NULL, 0);
    int owed = file ? file->owed : 0;
    if (owed) file->owed = 0;
    return owed ? leave(-1, owed) : leave(result, error);
}

int fsync(int descriptor) { return sync_any(descriptor, SYS_fsync); }
int fdatasync(int descriptor) { return sync_any(descriptor, SYS_fdatasync); }

int sync_file_range(int descriptor, off64_t from, off64_t length, unsigned flags) {
    pthread_mutex_lock(&lock);
    struct watched *file = watched(descriptor);
    int failed = file ? sync_failure("range", file) : 0;
    if (failed) return leave(-1, failed);
    int result = syscall(SYS_sync_file_range, descriptor, from, length, flags);
    return leave(result, errno);
}

// ---- Names

static int move(enum kind kind, const char *operation, int from, const char *old, int to, const char *new, unsigned flags) {
    char old_whole[PATH_MAX], new_whole[PATH_MAX];
    absolute(from, old, old_whole);
    absolute(to, new, new_whole);
    const char *old_name = below(old_whole), *new_name = below(new_whole);
    if (!old_name != !new_name && kind == RENAME) give_up("cannot record a rename into or out of the root:", old_whole);
    if (new_name && flags) give_up("cannot record this rename or link of", old_whole);
    pthread_mutex_lock(&lock);
    int failed = new_name ? failure(operation, new_name, 0) : 0;
    if (failed) return leave(-1, failed);
    int result = kind == RENAME ? syscall(SYS_renameat2, from, old, to, new, flags) : syscall(SYS_linkat, from, old, to, new, flags);
    int error = errno;
    if (result == 0 && old_name && new_name) record_two(kind, old_name, new_name);
    if (result == 0 && !old_name && new_name) give_up("cannot record a link into the root:", old_whole);
    return leave(result, error);
}

int rename(const char *old, const char *new) { return move(RENAME, "rename", AT_FDCWD, old, AT_FDCWD, new, 0); }
int renameat(int from, const char *old, int to, const char *new) { return move(RENAME, "rename", from, old, to, new, 0); }
int renameat2(int from, const char *old, int to, const char *new, unsigned flags) {
    return move(RENAME, "rename", from, old, to, new, flags);
}
int link(const char *old, const char *new) { return move(LINK, "link", AT_FDCWD, old, AT_FDCWD, new, 0); }
int linkat(int from, const char *old, int to, const char *new, int flags) { return move(LINK, "link", from, old, to, new, flags); }

static int remove_any(int directory, const char *path, int flags) {
    char whole[PATH_MAX];
    absolute(directory, path, whole);
    const char *name = below(whole);
    pthread_mutex_lock(&lock);
    int failed = name ? failure("remove", name, 0) : 0;
    if (failed) return leave(-1, failed);
    int result = syscall(SYS_unlinkat, directory, path, flags), error = errno;
    if (result == 0 && name) record(REMOVE, 0, 0, name, strlen(name));
    return leave(result, error);
}

int unlink(const char *path) { return remove_any(AT_FDCWD, path, 0); }
int unlinkat(int directory, const char *path, int flags) { return remove_any(directory, path, flags); }
int rmdir(const char *path) { return remove_any(AT_FDCWD, path, AT_REMOVEDIR); }

int mkdirat(int directory, const char *path, mode_t mode) {
    char whole[PATH_MAX];
    absolute(directory, path, whole);
    const char *name = below(whole);
    pthread_mutex_lock(&lock);
    int failed = name ? failure("make", name, 0) : 0;
    if (failed) return leave(-1, failed);
    int result = syscall(SYS_mkdirat, directory, path, mode), error = errno;
    if (result == 0 && name) record(MAKE, 0, 0, name, strlen(name));
    return leave(result, error);
}

int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }

// ---- What the log has no words for

static void require_unwatched(int descriptor, const char *operation) {
    pthread_mutex_lock(&lock);
    struct watched *file = watched(descriptor);
    if (file) give_up(operation, file->path);
    pthread_mutex_unlock(&lock);
}

ssize_t pwritev(int descriptor, const struct iovec *parts, int count, off_t at) {
    require_unwatched(descriptor, "cannot record pwritev to");
    return syscall(SYS_pwritev, descriptor, parts, count, at, 0);
}

ssize_t pwritev64(int descriptor, const struct iovec *parts, int count, off64_t at) { return pwritev(descriptor, parts, count, at); }

int fallocate(int descriptor, int mode, off_t from, off_t length) {
    require_unwatched(descriptor, "cannot record fallocate of");
    return syscall(SYS_fallocate, descriptor, mode, from, length);
}

int fallocate64(int descriptor, int mode, off64_t from, off64_t length) { return fallocate(descriptor, mode, from, length); }

int posix_fallocate(int descriptor, off_t from, off_t length) { return fallocate(descriptor, 0, from, length) ? errno : 0; }
int posix_fallocate64(int descriptor, off64_t from, off64_t length) { return posix_fallocate(descriptor, from, length); }

int truncate(const char *path, off_t length) {
    char whole[PATH_MAX];
    absolute(AT_FDCWD, path, whole);
    if (below(whole)) give_up("cannot record truncate of", whole);
    return syscall(SYS_truncate, path, length);
}

int truncate64(const char *path, off64_t length) { return truncate(path, length); }

// The C library and the standard library do without these where the kernel does not have them.
ssize_t copy_file_range(int from, off64_t *at, int to, off64_t *place, size_t length, unsigned flags) {
    pthread_mutex_lock(&lock);
    bool ours = watched(to);
    pthread_mutex_unlock(&lock);
    if (ours) return errno = ENOSYS, -1;
    return syscall(SYS_copy_file_range, from, at, to, place, length, flags);
}

ssize_t sendfile64(int to, int from, off64_t *at, size_t length) {
    pthread_mutex_lock(&lock);
    bool ours = watched(to);
    pthread_mutex_unlock(&lock);
    if (ours) return errno = ENOSYS, -1;
    return syscall(SYS_sendfile, to, from, at, length);
}

ssize_t sendfile(int to, int from, off_t *at, size_t length) { return sendfile64(to, from, at, length); }

ssize_t splice(int from, off64_t *at, int to, off64_t *place, size_t length, unsigned flags) {
    require_unwatched(to, "cannot record splice to");
    return syscall(SYS_splice, from, at, to, place, length, flags);
}

int symlinkat(const char *target, int directory, const char *path) {
    char whole[PATH_MAX];
    absolute(directory, path, whole);
    if (below(whole)) give_up("cannot record a symbolic link", whole);
    return syscall(SYS_symlinkat, target, directory, path);
}

int symlink(const char *target, const char *path) { return symlinkat(target, AT_FDCWD, path); }

static void *map_any(void *where, size_t length, int access, int flags, int descriptor, off64_t from) {
    if (descriptor >= 0 && (flags & MAP_TYPE) != MAP_PRIVATE && access & PROT_WRITE) {
        require_unwatched(descriptor, "cannot record writes through a mapping of");
    }
    return (void *)syscall(SYS_mmap, where, length, access, flags, descriptor, from);
}

void *mmap(void *where, size_t length, int access, int flags, int descriptor, off_t from) {
    return map_any(where, length, access, flags, descriptor, from);
}

void *mmap64(void *where, size_t length, int access, int flags, int descriptor, off64_t from) {
    return map_any(where, length, access, flags, descriptor, from);
}
