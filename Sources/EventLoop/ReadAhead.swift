internal import CLinux
internal import Dispatch
internal import Foundation
internal import Synchronization

/// What a thread of its own makes while its user is busy with what it made before.
///
/// At most a few elements wait, so memory stays flat however much there is to come. The thread gives way to the user's
/// where there is too little of the processor for both, and ends when there is nothing more or nobody is left to take it.
/// One user at a time.
public final class ReadAhead<Element: Sendable, Failure: Error>: Sendable {
    private let channel: Channel<Element, Failure>

    /// Elements as `produce` gives them, on a thread called `name`, at most `limit` of them ahead; nil and an error are
    /// the last.
    public init(_ name: String, atMost limit: Int, _ produce: @escaping @Sendable () -> Result<Element?, Failure>) {
        self.channel = Channel()
        for _ in 0..<limit { self.channel.room.signal() }
        let thread = Thread { [channel] in
            unsafe name_this_thread(name)
            Niceness.ahead.takeOn()
            while channel.waitForRoom() {
                let made = produce()
                channel.add(made)
                guard case .success(_?) = made else { return }
            }
        }
        thread.start()
    }

    deinit { self.channel.close() }

    /// Blocks until the next element is there; nil at the end, for ever after it.
    public func next() throws(Failure) -> Element? {
        let filled = DispatchSemaphore(value: 0)
        let result = Mutex<Result<Element?, Failure>?>(nil)
        self.channel.take { made in
            result.withLock { $0 = made }
            filled.signal()
        }
        filled.wait()
        guard let made = result.withLock({ $0 }) else { preconditionFailure("it was signalled after it was there") }
        return try made.get()
    }

    /// The same without holding up the thread that asks.
    public func nextElement() async throws -> Element? {
        try await withCheckedContinuation { continuation in
            self.channel.take { continuation.resume(returning: $0) }
        }.get()
    }
}

/// What passes between the thread that makes and whoever takes.
private final class Channel<Element: Sendable, Failure: Error>: Sendable {
    typealias Made = Result<Element?, Failure>

    private struct State {
        var made: [Made] = []
        var waiting: (@Sendable (Made) -> Void)?
        var ending: Made?
        var isClosed = false
    }

    private let state = Mutex(State())
    /// One signal for each element that may be made.
    let room = DispatchSemaphore(value: 0)

    /// Waits until another element may be made; false when none is wanted any more.
    func waitForRoom() -> Bool {
        self.room.wait()
        return self.state.withLock { !$0.isClosed }
    }

    func add(_ made: Made) {
        let waiting = self.state.withLock { state -> (@Sendable (Made) -> Void)? in
            if case .success(_?) = made {} else { state.ending = made }
            if let waiting = state.waiting.take() { return waiting }
            state.made.append(made)
            return nil
        }
        guard let waiting else { return }
        self.room.signal()
        waiting(made)
    }

    /// Gives `body` the next element, now or when it is there.
    func take(_ body: @escaping @Sendable (Made) -> Void) {
        let made = self.state.withLock { state -> Made? in
            if !state.made.isEmpty { return state.made.removeFirst() }
            if let ending = state.ending { return ending }
            state.waiting = body
            return nil
        }
        guard let made else { return }
        self.room.signal()
        body(made)
    }

    func close() {
        self.state.withLock { $0.isClosed = true }
        self.room.signal()
    }
}
