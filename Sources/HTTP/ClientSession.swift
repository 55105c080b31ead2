internal import CLinux
internal import Foundation
internal import Glibc
internal import Synchronization

/// What a client sends.
struct OutgoingRequest: Sendable {
    var method: String
    var url: String
    var headers: Headers
    /// Nil for a request that has none.
    var body: [UInt8]?
    let timeout: Duration
    let bodyBytes: Int
}

/// How an exchange ends.
typealias Outcome = Result<ClientResponse, HTTPClientError>

/// Exchanges with other services, all on one thread of libcurl's; it ends when its client is gone.
///
/// libcurl itself, not URLSession: an answer that is larger than it may be, or has no end, is broken off within the call
/// that brings its bytes, so a peer decides neither how much memory it takes here nor for how long.
final class ClientSession: Sendable {
    private let desk: Desk

    init() {
        self.desk = Desk()
        let thread = Thread { [desk] in Exchanger(desk: desk).run() }
        thread.name = "http client"
        thread.start()
    }

    deinit { self.desk.close() }

    /// Sends `request`; what comes first ends it: the answer, the time, a body over the limit, or cancellation.
    func run(_ request: OutgoingRequest) async -> Outcome {
        let id = self.desk.number()
        defer { self.desk.forget(id) }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { self.desk.begin(Order(id: id, request: request, continuation: $0)) }
        } onCancel: {
            self.desk.cancel(id)
        }
    }
}

/// A request, and who waits for its answer.
struct Order: Sendable {
    let id: Int
    let request: OutgoingRequest
    let continuation: CheckedContinuation<Outcome, Never>
}

/// Where tasks leave what the thread is to do, and wake it.
final class Desk: Sendable {
    private struct State {
        var count = 0
        var orders: [Order] = []
        /// Begun and not forgotten.
        var begun: Set<Int> = []
        /// Cancelled before it was begun, or to be broken off by the thread.
        var cancelled: Set<Int> = []
        var isClosed = false
    }

    private let state = Mutex(State())
    /// Readable when there is something to do: what the thread waits for beside its connections.
    let bell = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))

    init() { precondition(self.bell >= 0, "no descriptor is left") }

    deinit { Glibc.close(self.bell) }

    func number() -> Int {
        self.state.withLock { state in
            state.count += 1
            return state.count
        }
    }

    func begin(_ order: Order) {
        let isCancelled = self.state.withLock { state in
            guard state.cancelled.remove(order.id) == nil else { return true }
            state.begun.insert(order.id)
            state.orders.append(order)
            return false
        }
        if isCancelled { order.continuation.resume(returning: .failure(.cancelled)) } else { self.ring() }
    }

    func cancel(_ id: Int) {
        self.state.withLock { state in _ = state.cancelled.insert(id) }
        self.ring()
    }

    func forget(_ id: Int) {
        self.state.withLock { state in
            state.begun.remove(id)
            state.cancelled.remove(id)
        }
    }

    /// The client is gone; its exchanges are answered already.
    func close() {
        self.state.withLock { $0.isClosed = true }
        self.ring()
    }

    private func ring() { eventfd_write(self.bell, 1) }

    // The thread's side.

    var isClosed: Bool { self.state.withLock { $0.isClosed } }

    /// What has come since the last time: requests to begin, and those to break off.
    func take() -> (orders: [Order], cancelled: [Int]) {
        var rings: eventfd_t = 0
        unsafe eventfd_read(self.bell, &rings)
        return self.state.withLock { state in
            let cancelled = state.cancelled.intersection(state.begun)
            state.cancelled.subtract(cancelled)
            defer { state.orders = [] }
            return (state.orders, Array(cancelled))
        }
    }
}
