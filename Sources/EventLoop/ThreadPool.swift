internal import CLinux
internal import Dispatch
internal import Foundation
internal import Synchronization

/// Threads that share one queue, for work so long that a loop would keep everybody else on it waiting.
///
///     try await withTaskExecutorPreference(pool) { try await seal(facts) }
///
/// What is queued runs in the order it came, as much at a time as there are threads. The threads end when the pool is
/// released and its queue is empty.
public final class ThreadPool: TaskExecutor {
    private let jobs = Jobs()
    private let count: Int

    /// `count` threads called `name`, each as nice as told.
    public init(name: String, count: Int, niceness: Niceness) {
        precondition(count > 0, "a pool has threads")
        self.count = count
        for _ in 0..<count {
            let thread = Thread { [jobs] in
                unsafe name_this_thread(name)
                niceness.takeOn()
                while let job = jobs.next() { job.run() }
            }
            thread.start()
        }
    }

    deinit { self.jobs.close(count: self.count) }

    /// Queues a job of the concurrency runtime; from any thread.
    public func enqueue(_ job: consuming ExecutorJob) {
        self.jobs.add(Jobs.Job(job: UnownedJob(job), pool: self))
    }
}

/// What the threads have yet to run.
private final class Jobs: Sendable {
    /// A job that keeps its pool alive until it has run.
    struct Job: Sendable {
        let job: UnownedJob
        let pool: ThreadPool

        func run() { unsafe self.job.runSynchronously(on: self.pool.asUnownedTaskExecutor()) }
    }

    private let waiting = Mutex<[Job]>([])
    private let signal = DispatchSemaphore(value: 0)

    func add(_ job: Job) {
        self.waiting.withLock { $0.append(job) }
        self.signal.signal()
    }

    /// One signal more for each thread than there are jobs: its end.
    func close(count: Int) { for _ in 0..<count { self.signal.signal() } }

    /// Waits for the next job; nil at the end.
    func next() -> Job? {
        self.signal.wait()
        return self.waiting.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }
}
