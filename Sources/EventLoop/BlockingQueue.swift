internal import Dispatch

/// What threads have yet to do, first come first served; one that finds nothing waits.
public final class BlockingQueue<Element: Sendable>: Sendable {
    private let waiting = SystemLock(Queue<Element>())
    private let signal = DispatchSemaphore(value: 0)

    /// Nothing to do yet.
    public init() {}

    /// Adds `element`; from any thread.
    public func add(_ element: Element) {
        self.waiting.withLock { $0.append(element) }
        self.signal.signal()
    }

    /// Says that nothing is added any more, to `count` threads: each gets nil once all is taken.
    public func close(count: Int) {
        // One signal more for each than there are elements.
        for _ in 0..<count { self.signal.signal() }
    }

    /// Waits for the next element; nil at the end.
    public func next() -> Element? {
        self.signal.wait()
        return self.waiting.withLock { $0.removeFirst() }
    }
}
