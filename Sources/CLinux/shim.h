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

// `stdout` and its kind are macros or globals that Swift takes for pointers without an owner; flushing all of them needs none.
_Noreturn static inline void flush_and_exit(int status) {
    fflush(NULL);
    _exit(status);
}
