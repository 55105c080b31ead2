internal import CLinux
internal import EventLoop
internal import Foundation

/// A thread of its own for an actor whose calls block, so that they hold up nothing else.
///
/// Jobs run one at a time in the order they came. The thread ends when the executor is released.
final class BlockingExecutor: SerialExecutor {
    /// A job that keeps its executor alive until it has run.
    private struct Job: Sendable {
        let work: UnownedJob
        let executor: BlockingExecutor

        func run() { unsafe self.work.runSynchronously(on: self.executor.asUnownedSerialExecutor()) }
    }

    private let jobs = BlockingQueue<Job>()

    /// A thread called `name`, of which the system shows 15 bytes.
    init(name: String) {
        let thread = Thread { [jobs] in
            unsafe name_this_thread(name)
            while let job = jobs.next() { job.run() }
        }
        thread.start()
    }

    deinit { self.jobs.close(count: 1) }

    func enqueue(_ job: consuming ExecutorJob) { self.jobs.add(Job(work: UnownedJob(job), executor: self)) }
}
