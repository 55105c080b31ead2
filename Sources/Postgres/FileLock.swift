internal import Glibc

/// A lock on a file (`flock`), held by a descriptor no other program inherits; the kernel drops it when we die.
struct FileLock: Sendable {
    private let descriptor: Int32

    /// Waits until nobody else holds a lock on the file at `path`, which is made if need be.
    static func exclusive(_ path: String) throws(ClusterError) -> FileLock { try FileLock(path, LOCK_EX) }

    /// Waits until nobody holds an exclusive lock on the file at `path`, which is made if need be.
    static func shared(_ path: String) throws(ClusterError) -> FileLock { try FileLock(path, LOCK_SH) }

    private init(_ path: String, _ kind: Int32) throws(ClusterError) {
        let descriptor = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .directory(path, reason: systemError()) }
        while flock(descriptor, kind) != 0 {
            guard errno == EINTR else {
                let reason = systemError()
                close(descriptor)
                throw .directory(path, reason: reason)
            }
        }
        self.descriptor = descriptor
    }

    /// Makes a shared lock exclusive if no other holder is left, without waiting. Otherwise it may be lost.
    func becomeExclusive() -> Bool { flock(self.descriptor, LOCK_EX | LOCK_NB) == 0 }

    /// Ends the lock; call it once.
    func unlock() { close(self.descriptor) }
}

/// The system's words for the last call that failed.
func systemError() -> String { unsafe String(cString: strerror(errno)) }
