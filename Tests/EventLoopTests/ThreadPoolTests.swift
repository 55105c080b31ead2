import Foundation
import Glibc
import Synchronization
import Testing

@testable import EventLoop

@Suite struct ThreadPoolTests {
    /// The threads of this process called `name`.
    private func threads(_ name: String) throws -> [Int32] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").compactMap { Int32($0) }.filter {
            // A thread may end while it is looked at.
            (try? String(contentsOfFile: "/proc/self/task/\($0)/comm", encoding: .utf8)) == name + "\n"
        }
    }

    @Test func `work is run once, on nice threads of the pool, as much at a time as there are threads`() async throws {
        let pool = ThreadPool(name: "pool-work", count: 3, niceness: .bulk)
        let record = Record()
        // As the tests may be run nicely themselves.
        let niceness = max(10, getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0))
        // Each waits for the other two: fewer than three at a time, and none would end.
        let meeting = Meeting(of: 3)
        try await withThrowingTaskGroup { group in
            for _ in 0..<3 {
                group.addTask(executorPreference: pool) {
                    #expect(meeting.wait())
                    let thread = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")
                    record(
                        "\(thread.split(separator: "/").last ?? "") \(getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0))"
                    )
                }
            }
            try await group.waitForAll()
        }
        #expect(Set(record.all) == Set(try self.threads("pool-work").map { "\($0) \(niceness)" }))
        #expect(Set(record.all).count == 3)

        await withTaskGroup { group in
            for _ in 0..<1_000 {
                group.addTask(executorPreference: pool) {
                    record("before")
                    await Task.yield()
                    record("after")
                }
            }
        }
        #expect(record.all.count { $0 == "before" } == 1_000)
        #expect(record.all.count { $0 == "after" } == 1_000)
    }

    @Test func `a task goes back to its loop when its work in the pool is done`() async throws {
        let pool = ThreadPool(name: "pool-back", count: 1, niceness: .bulk)
        try await withLoop { loop in
            let isOnLoop = await withTaskExecutorPreference(pool) { loop.isCurrent }
            #expect(!isOnLoop)
            #expect(loop.isCurrent)
        }
    }

    @Test(.timeLimit(.minutes(1))) func `the threads end with the pool, after what is queued`() async throws {
        let record = Record()
        var pool: ThreadPool? = ThreadPool(name: "pool-end", count: 2, niceness: .bulk)
        let tasks = (0..<50).map { number in Task(executorPreference: pool) { record("\(number)") } }
        pool = nil
        for task in tasks { await task.value }
        #expect(record.all.count == 50)
        while try !self.threads("pool-end").isEmpty {
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}

/// Holds threads until there are enough of them.
private final class Meeting: Sendable {
    private let missing: Mutex<Int>
    private let all = DispatchSemaphore(value: 0)
    private let size: Int

    init(of size: Int) {
        self.size = size
        self.missing = Mutex(size)
    }

    /// False when they did not come together.
    func wait() -> Bool {
        let isLast = self.missing.withLock { missing in
            missing -= 1
            return missing == 0
        }
        if isLast { for _ in 0..<self.size { self.all.signal() } }
        return self.all.wait(timeout: .now() + .seconds(30)) == .success
    }
}
