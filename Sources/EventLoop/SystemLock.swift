internal import CLinux

/// A value behind a lock of the C library.
///
/// Swift's `Mutex` does the same, but waits for a lock inside a library that is built without the thread sanitizer,
/// which then reports every contended use as a race. The inboxes of loops and of threads that wait for work are the locks
/// here that are often held when they are wanted, and their reports would hide real ones.
///
/// Both pointers are made in `init`, freed in `deinit`, and followed only while the lock is held: that is the proof
/// behind `nonisolated(unsafe)`.
@safe final class SystemLock<Value: Sendable>: Sendable {
    private nonisolated(unsafe) let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private nonisolated(unsafe) let value: UnsafeMutablePointer<Value>

    init(_ value: Value) {
        unsafe self.mutex = .allocate(capacity: 1)
        unsafe self.mutex.initialize(to: pthread_mutex_t())
        let code = unsafe pthread_mutex_init(self.mutex, nil)
        precondition(code == 0, "the system has no lock left")
        unsafe self.value = .allocate(capacity: 1)
        unsafe self.value.initialize(to: value)
    }

    deinit {
        unsafe pthread_mutex_destroy(self.mutex)
        unsafe self.mutex.deinitialize(count: 1).deallocate()
        unsafe self.value.deinitialize(count: 1).deallocate()
    }

    /// Runs `body` on the value while no other thread has it.
    func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
        unsafe pthread_mutex_lock(self.mutex)
        defer { unsafe pthread_mutex_unlock(self.mutex) }
        return unsafe body(&self.value.pointee)
    }
}
