import Glibc
import Synchronization
import Testing

@testable import EventLoop

/// Runs `body` as a task that prefers a fresh loop, and stops the loop.
func withLoop<Value: Sendable>(_ body: @Sendable @escaping (EventLoop) async throws -> Value) async throws -> Value {
    let loop = try EventLoop.start(name: "test")
    defer { loop.stop() }
    return try await Task(executorPreference: loop) { try await body(loop) }.value
}

/// What happened, in order.
final class Record: Sendable {
    private let events = Mutex<[String]>([])
    var all: [String] { self.events.withLock { $0 } }
    func callAsFunction(_ event: String) { self.events.withLock { $0.append(event) } }
}

struct EventLoopTests {
    @Test func `a task that prefers the loop is on its thread, also after another executor had it`() async throws {
        try await withLoop { loop in
            #expect(loop.isCurrent)
            #expect(EventLoop.current === loop)
            await MainActor.run { #expect(!loop.isCurrent) }
            #expect(loop.isCurrent)
        }
        #expect(EventLoop.current == nil)
    }

    @Test func `work from many threads is all run, once`() async throws {
        let record = Record()
        let loop = try EventLoop.start(name: "test")
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<500 {
                        loop.perform { record("performed") }
                        await withTaskExecutorPreference(loop) { record(loop.isCurrent ? "task" : "astray") }
                    }
                }
            }
        }
        loop.stop()
        #expect(record.all.count { $0 == "performed" } == 8 * 500)
        #expect(record.all.count { $0 == "task" } == 8 * 500)
    }

    @Test func `timers fire in order of time and a cancelled one never`() async throws {
        let record = Record()
        try await withLoop { loop in
            await withCheckedContinuation { done in
                for delay in [90, 30, 70, 10, 50] { loop.after(.milliseconds(delay)) { record("\(delay)") } }
                loop.after(.milliseconds(40)) { record("cancelled") }.cancel()
                let late = loop.after(.milliseconds(60)) { record("cancelled by another") }
                loop.after(.milliseconds(20)) { late.cancel() }
                loop.after(.milliseconds(100)) { done.resume() }
            }
        }
        #expect(record.all == ["10", "30", "50", "70", "90"])
    }

    @Test func `cancelling any of many timers leaves the others in order`() async throws {
        let record = Record()
        let expected = try await withLoop { loop in
            await withCheckedContinuation { done in
                let timers = (0..<200).map { number in
                    loop.after(.microseconds(Int.random(in: 0..<5000))) { record("\(number)") }
                }
                let kept = timers.enumerated().filter { $0.offset % 3 != 0 }
                for (number, timer) in timers.enumerated() where number % 3 == 0 { timer.cancel() }
                loop.after(.milliseconds(50)) {
                    done.resume(returning: kept.sorted { $0.element.due < $1.element.due }.map { "\($0.offset)" })
                }
            }
        }
        #expect(record.all == expected)
    }

    @Test func `a sleep lasts as long as asked, and ends early when cancelled`() async throws {
        try await withLoop { loop in
            let slept = try await ContinuousClock().measure { try await loop.sleep(for: .milliseconds(5)) }
            #expect(slept >= .milliseconds(5))
            let long = Task(executorPreference: loop) { try await loop.sleep(for: .seconds(3600)) }
            long.cancel()
            await #expect(throws: CancellationError.self) { try await long.value }
        }
    }

    @Test func `stopping lets sleepers go, and a later sleep does not wait`() async throws {
        let loop = try EventLoop.start(name: "test")
        let sleeper = Task { try await loop.sleep(for: .seconds(3600)) }
        await Task.yield()
        loop.stop()
        await #expect(throws: CancellationError.self) { try await sleeper.value }
        await #expect(throws: CancellationError.self) { try await loop.sleep(for: .seconds(3600)) }
    }

    @Test func `hooks run after jobs, again when asked or when jobs came, and bound the wait`() async throws {
        let record = Record()
        try await withLoop { loop in
            await withCheckedContinuation { done in
                var hook: Hook?
                var turn = 0
                hook = loop.beforeWaiting {
                    turn += 1
                    record("hook \(turn)")
                    switch turn {
                    case 1: return .zero
                    case 2:
                        loop.perform { record("job") }
                        return nil
                    case 3: return .milliseconds(1)
                    default:
                        hook?.remove()
                        done.resume()
                        return .zero
                    }
                }
                loop.perform { record("job") }
            }
        }
        #expect(record.all == ["job", "hook 1", "hook 2", "job", "hook 3", "hook 4"])
    }

    @Test func `hooks that are never quiet do not starve timers`() async throws {
        try await withLoop { loop in
            await withCheckedContinuation { done in
                let hook = loop.beforeWaiting { .zero }
                loop.after(.milliseconds(2)) {
                    hook.remove()
                    done.resume()
                }
            }
        }
    }

    @Test func `a watched descriptor calls back while it is ready, and not once unwatched`() async throws {
        var ends: [Int32] = [0, 0]
        let made = unsafe pipe(&ends)
        try #require(made == 0)
        let (reader, writer) = (ends[0], ends[1])
        defer { for end in [reader, writer] { close(end) } }
        let record = Record()
        try await withLoop { loop in
            await withCheckedContinuation { done in
                loop.watch(reader, for: .readable) {
                    record("readable")
                    guard record.all.count == 2 else { return }
                    loop.change(reader, to: [])
                    loop.watch(writer, for: .writable) {
                        record("writable")
                        loop.unwatch(writer)
                        loop.unwatch(reader)
                        loop.after(.milliseconds(1)) { done.resume() }
                    }
                }
                let written = unsafe write(writer, "x", 1)
                #expect(written == 1)
            }
        }
        #expect(record.all == ["readable", "readable", "writable"])
    }
}
