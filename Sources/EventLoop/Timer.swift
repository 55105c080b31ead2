/// An action due on a loop, from ``EventLoop/after(_:_:)``. Belongs to the loop's thread.
public final class Timer {
    /// When, in nanoseconds of the monotonic clock.
    let due: Int64
    /// Where it stands in the heap; -1 once it fired or was cancelled.
    var index = -1
    private var action: (() -> Void)?
    private var abandon: (() -> Void)?
    private let loop: LoopState

    /// `abandon` is called instead of `action` if the loop stops first.
    init(due: Int64, loop: LoopState, abandon: (() -> Void)?, action: @escaping () -> Void) {
        self.due = due
        self.loop = loop
        self.abandon = abandon
        self.action = action
    }

    /// Runs the action, or what stands for it when the loop stops; the timer is out of the heap by then.
    func end(fired: Bool) {
        let action = fired ? self.action : self.abandon
        self.action = nil
        self.abandon = nil
        action?()
    }

    /// Drops the action; harmless when it has run. On the loop.
    public func cancel() {
        self.loop.timers.remove(self)
        self.action = nil
        self.abandon = nil
    }
}

extension EventLoop {
    /// Runs `action` once, `delay` from now or up to a millisecond later; on the loop.
    @discardableResult
    public func after(_ delay: Duration, _ action: @escaping () -> Void) -> Timer {
        self.onLoop.after(delay, abandon: nil, action)
    }

    /// Suspends the caller for `duration`; from any task.
    ///
    /// Throws when the task is cancelled or the loop stops.
    public func sleep(for duration: Duration) async throws(CancellationError) {
        let sleeper = Sleeper()
        let woken = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let taken = self.queue(.closure { sleeper.begin(continuation, on: self.onLoop, for: duration) })
                if !taken { continuation.resume(returning: false) }
            }
        } onCancel: {
            self.perform { sleeper.end(false) }
        }
        if !woken { throw CancellationError() }
    }
}

/// One call of `sleep(for:)`.
///
/// Its fields are touched by closures the loop performs and by nothing else: that is the proof behind `@unchecked`.
private final class Sleeper: @unchecked Sendable {
    private var continuation: CheckedContinuation<Bool, Never>?
    private var timer: Timer?
    private var ended = false

    func begin(_ continuation: CheckedContinuation<Bool, Never>, on loop: LoopState, for duration: Duration) {
        guard !self.ended else { return continuation.resume(returning: false) }
        self.continuation = continuation
        self.timer = loop.after(duration, abandon: { self.end(false) }) { self.end(true) }
    }

    func end(_ woken: Bool) {
        self.ended = true
        self.timer?.cancel()
        self.timer = nil
        self.continuation.take()?.resume(returning: woken)
    }
}
