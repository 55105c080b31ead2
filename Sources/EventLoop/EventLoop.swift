internal import CLinux
internal import Glibc
internal import Synchronization

/// One thread, one epoll set, and a Swift executor: tasks that prefer it, descriptors and timers all run on that thread.
///
/// A task started with `Task(executorPreference: loop)` runs here except while it is on an actor with an executor of
/// its own, or prefers another for a while. Jobs may come from any thread; everything said to be *on the loop* must be called from its thread, and
/// traps elsewhere.
public final class EventLoop: TaskExecutor {
    /// The thread's name as the system shows it, cut to 15 bytes.
    public let name: String

    private let inbox: Inbox
    private let thread = Mutex<pthread_t?>(nil)

    /// What only the loop's thread touches: every path to it goes through `onLoop`, which checks the thread, except
    /// `start`, which has no thread yet. That is the proof behind `nonisolated(unsafe)`.
    private nonisolated(unsafe) let state: LoopState

    private init(name: String, epoll: Int32, inbox: Inbox) {
        self.name = name
        self.inbox = inbox
        unsafe self.state = LoopState(epoll: epoll, inbox: inbox)
    }

    /// Starts a loop on a thread of its own. It lives until ``stop()``.
    ///
    /// Signals other than those of a crash are blocked on that thread, so they reach whoever waits for them elsewhere.
    public static func start(name: String) throws(EventLoopError) -> EventLoop {
        let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw EventLoopError(call: "epoll_create1", code: errno) }
        let wake = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard wake >= 0 else {
            let code = errno
            close(epoll)
            throw EventLoopError(call: "eventfd", code: code)
        }
        let loop = EventLoop(name: name, epoll: epoll, inbox: Inbox(wake: wake))
        do throws(EventLoopError) {
            try loop.spawn()
        } catch {
            close(wake)
            close(epoll)
            throw error
        }
        return loop
    }

    private func spawn() throws(EventLoopError) {
        var crashes = sigset_t()
        var before = sigset_t()
        unsafe sigfillset(&crashes)
        for signal in [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT] { unsafe sigdelset(&crashes, signal) }
        unsafe pthread_sigmask(SIG_BLOCK, &crashes, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }

        var thread = pthread_t()
        let argument = unsafe Unmanaged.passRetained(self)
        let code = unsafe pthread_create(&thread, nil, eventLoopThread, argument.toOpaque())
        guard code == 0 else {
            unsafe argument.release()
            throw EventLoopError(call: "pthread_create", code: code)
        }
        self.thread.withLock { $0 = thread }
    }

    /// Runs what is queued, then ends the thread and waits for it. A ``sleep(for:)`` still pending throws.
    ///
    /// Call it from another thread when the tasks that prefer this loop are done: what is enqueued afterwards never
    /// runs, and a task that waits for it is stuck.
    public func stop() {
        precondition(!self.isCurrent, "an event loop cannot wait for itself")
        guard let thread = self.thread.withLock({ $0.take() }) else { return }
        self.inbox.stop()
        pthread_join(thread, nil)
    }

    /// The body of the thread.
    fileprivate func main() {
        unsafe pthread_setspecific(currentKey, Unmanaged.passUnretained(self).toOpaque())
        unsafe name_this_thread(self.name)
        unsafe self.state.run(as: self)
        pthread_setspecific(currentKey, nil)
    }

    /// The loop whose thread this is.
    public static var current: EventLoop? {
        guard let pointer = unsafe pthread_getspecific(currentKey) else { return nil }
        return unsafe Unmanaged<EventLoop>.fromOpaque(pointer).takeUnretainedValue()
    }

    /// Whether the caller is on this loop's thread.
    public var isCurrent: Bool {
        unsafe pthread_getspecific(currentKey) == UnsafeMutableRawPointer(Unmanaged.passUnretained(self).toOpaque())
    }

    /// The state, given to nobody but the loop's thread.
    var onLoop: LoopState {
        precondition(self.isCurrent, "to be called on the event loop's own thread")
        return unsafe self.state
    }

    /// Queues a job of the concurrency runtime; from any thread.
    public func enqueue(_ job: consuming ExecutorJob) {
        _ = self.queue(.job(UnownedJob(job)))
    }

    /// Runs `body` on the loop, soon and never before this returns; from any thread.
    public func perform(_ body: @Sendable @escaping () -> Void) {
        _ = self.queue(.closure(body))
    }

    /// Returns false when the loop has ended and the work was dropped.
    func queue(_ work: Work) -> Bool {
        guard self.isCurrent else { return self.inbox.put(work) }
        unsafe self.state.queue(work)
        return true
    }
}

/// A system call the loop cannot do without failed: out of descriptors, threads or memory.
public struct EventLoopError: Error, Equatable, CustomStringConvertible {
    /// The call that failed, such as `epoll_create1`.
    public let call: String
    /// Its `errno`.
    public let code: Int32

    /// The call and the system's words for what went wrong.
    public var description: String { unsafe "\(self.call): \(String(cString: strerror(self.code)))" }
}

/// Where each loop's thread keeps a pointer to its loop; the loop outlives the thread, which holds a reference to it.
private let currentKey: pthread_key_t = {
    var key = pthread_key_t()
    let code = unsafe pthread_key_create(&key, nil)
    precondition(code == 0, "no thread-specific key left")
    return key
}()

private func eventLoopThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument = unsafe argument else { return nil }
    unsafe Unmanaged<EventLoop>.fromOpaque(argument).takeRetainedValue().main()
    return nil
}
