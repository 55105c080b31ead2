internal import Glibc

/// One thing the loop runs.
enum Work: Sendable {
    case job(UnownedJob)
    case closure(@Sendable () -> Void)
}

/// Work left by other threads, and the eventfd that wakes the loop for it.
///
/// The eventfd is written only while the loop says it sleeps, and under the lock that `close` takes, so it is never
/// written once it is closed.
final class Inbox: Sendable {
    private struct Contents: Sendable {
        var work: [Work] = []
        var sleeping = false
        var stopping = false
        var closed = false
    }

    /// The eventfd, for the loop to watch.
    let wake: Int32
    private let contents = SystemLock(Contents())

    init(wake: Int32) { self.wake = wake }

    /// Leaves `work` for the loop, and says whether it will run.
    func put(_ work: Work) -> Bool {
        self.contents.withLock { contents in
            guard !contents.closed else { return false }
            contents.work.append(work)
            self.rouse(&contents)
            return true
        }
    }

    /// Asks the loop to end once it is quiet.
    func stop() {
        self.contents.withLock { contents in
            contents.stopping = true
            self.rouse(&contents)
        }
    }

    /// Writes the eventfd if the loop sleeps. The only failure, a counter at its maximum, means it is awake already.
    private func rouse(_ contents: inout Contents) {
        guard contents.sleeping else { return }
        contents.sleeping = false
        var one: UInt64 = 1
        _ = unsafe write(self.wake, &one, 8)
    }

    /// Moves what others left to the end of `queue`.
    func take(into queue: inout [Work]) {
        self.contents.withLock { contents in
            contents.sleeping = false
            guard !contents.work.isEmpty else { return }
            queue.append(contentsOf: contents.work)
            contents.work.removeAll(keepingCapacity: true)
        }
    }

    /// What the loop may do when it has nothing left to run.
    enum Leave { case sleep, look, end }

    /// Whether the loop may sleep; from here on until `take`, work put in wakes it.
    func leave() -> Leave {
        self.contents.withLock { contents in
            guard contents.work.isEmpty else { return .look }
            if contents.stopping { return .end }
            contents.sleeping = true
            return .sleep
        }
    }

    /// Closes the eventfd if nothing was left meanwhile, and says whether it did.
    func close() -> Bool {
        self.contents.withLock { contents in
            guard contents.work.isEmpty else { return false }
            contents.closed = true
            Glibc.close(self.wake)
            return true
        }
    }
}
