internal import CLinux
internal import Foundation

/// Threads that share one queue, for work so long that a loop would keep everybody else on it waiting.
///
///     let facts = try await withTaskExecutorPreference(pool) { try seal(lines) }
///
/// What is queued runs in the order it came, as much at a time as there are threads. The threads end when the pool is
/// released and its queue is empty.
public final class ThreadPool: TaskExecutor {
    /// A job that keeps its pool alive until it has run.
    private struct Job: Sendable {
        let work: UnownedJob
        let pool: ThreadPool

        func run() { unsafe self.work.runSynchronously(on: self.pool.asUnownedTaskExecutor()) }
    }

    private let jobs = BlockingQueue<Job>()
    private let count: Int

    /// `count` threads called `name`, of which the system shows 15 bytes, each as nice as told.
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
    public func enqueue(_ job: consuming ExecutorJob) { self.jobs.add(Job(work: UnownedJob(job), pool: self)) }
}
