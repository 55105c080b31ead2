#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <errno.h>
#include <sys/prctl.h>
#include <sys/resource.h>

// prctl is variadic. The kernel keeps 15 bytes of the name.
static inline void name_this_thread(const char *name) { (void)prctl(PR_SET_NAME, name, 0, 0, 0); }

// In Linux a niceness is a thread's, and 0 names the one that asks (setpriority(2), "C library/kernel differences").
static inline void make_this_thread_nice(int niceness) { (void)setpriority(PRIO_PROCESS, 0, niceness); }

// O_DIRECT, another number on each kind of processor, by the name that glibc gives it without _GNU_SOURCE: a module that
// defines _GNU_SOURCE sees other types in the C library's headers than Swift's own module of them, and does not compile
// beside it.
static inline int open_past_the_cache(const char *path) { return open(path, O_RDONLY | O_CLOEXEC | __O_DIRECT); }

// `stdout` and its kind are macros or globals that Swift takes for pointers without an owner; flushing all of them needs none.
_Noreturn static inline void flush_and_exit(int status) {
    fflush(NULL);
    _exit(status);
}
