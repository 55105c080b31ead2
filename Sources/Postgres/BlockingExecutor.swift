internal import CLinux
internal import Dispatch
internal import Foundation
internal import Synchronization

/// A thread of its own for an actor whose calls block, so that they hold up nothing else.
///
/// Jobs run one at a time in the order they came. The thread ends when the executor is released.
final class BlockingExecutor: SerialExecutor {
    private let inbox = Inbox()

    init(name: String) {
        let thread = Thread { [inbox] in
            unsafe name_this_thread(name)
            while let job = inbox.next() { job.run() }
        }
        thread.start()
    }

    deinit { self.inbox.close() }

    func enqueue(_ job: consuming ExecutorJob) {
        self.inbox.add(Inbox.Job(UnownedJob(job), on: self))
    }
}

/// What the thread has yet to run.
private final class Inbox: Sendable {
    /// A job that keeps its executor alive until it has run.
    struct Job: Sendable {
        private let job: UnownedJob
        private let executor: BlockingExecutor

        init(_ job: UnownedJob, on executor: BlockingExecutor) {
            self.job = job
            self.executor = executor
        }

        func run() { unsafe self.job.runSynchronously(on: self.executor.asUnownedSerialExecutor()) }
    }

    private let waiting = Mutex(Queue<Job>())
    private let signal = DispatchSemaphore(value: 0)

    func add(_ job: Job) {
        self.waiting.withLock { $0.append(job) }
        self.signal.signal()
    }

    /// One signal more than there are jobs: the thread's end.
    func close() { self.signal.signal() }

    /// Waits for the next job; nil at the end.
    func next() -> Job? {
        self.signal.wait()
        return self.waiting.withLock { $0.removeFirst() }
    }
}
