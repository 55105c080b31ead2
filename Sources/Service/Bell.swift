internal import Synchronization

/// Wakes the one task that waits for something to do; rung before anybody waits, it is heard all the same.
final class Bell: Sendable {
    private struct State {
        var isRung = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func ring() {
        let waiter = self.state.withLock { state in
            state.isRung = state.waiter == nil
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Returns when the bell is rung, or was since the last wait.
    ///
    /// - Throws: `CancellationError`.
    func wait() async throws {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isHeard = self.state.withLock { state in
                    if state.isRung || Task.isCancelled {
                        state.isRung = false
                        return true
                    }
                    state.waiter = continuation
                    return false
                }
                if isHeard { continuation.resume() }
            }
        } onCancel: {
            self.ring()
        }
        try Task.checkCancellation()
    }

    /// The same, but no longer than `duration`.
    func wait(atMost duration: Duration) async throws {
        await withTaskGroup { group in
            group.addTask {
                do { try await self.wait() } catch {}  // Cancelled: the clock was faster.
            }
            group.addTask {
                do { try await Task.sleep(for: duration) } catch {}  // Cancelled: the bell was.
            }
            await group.next()
            group.cancelAll()
        }
        try Task.checkCancellation()
    }
}
