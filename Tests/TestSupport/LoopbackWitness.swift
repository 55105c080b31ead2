import Crypto
import EventLoop
public import HTTP
import Synchronization
public import Transparency

/// A made-up witness: keeps the protocol, unless a test says otherwise.
public final class LoopbackWitness: Sendable {
    /// What a test makes it answer in place of the protocol's answer, nil for that.
    public typealias Behaviour = @Sendable (LoopbackWitness, AddCheckpoint) async -> Response?

    /// What it cosigns with.
    public let signer: NoteSigner
    private let behaviour: Behaviour
    private let state = Mutex<(head: TreeHead?, requests: [AddCheckpoint])>((nil, []))

    /// The witness `name`, which has cosigned `head` before.
    public init(
        _ name: String = "w1", cosigned head: TreeHead? = nil, behaviour: @escaping Behaviour = { _, _ in nil }
    ) {
        guard let signer = NoteSigner(name: "\(name).example/witness", kind: .witness, key: .generate()) else {
            preconditionFailure("\(name) is no name")
        }
        self.signer = signer
        self.behaviour = behaviour
        self.state.withLock { $0.head = head }
    }

    /// The checkpoints it was asked to cosign, in order.
    public var requests: [AddCheckpoint] { self.state.withLock { $0.requests } }

    /// What it has cosigned last.
    public var cosigned: TreeHead? { self.state.withLock { $0.head } }

    /// Answers a request, as a witness that follows whatever log is asked about.
    func answer(_ request: Request) async -> Response {
        guard request.method == "POST", request.path == "/add-checkpoint",
            let request = try? AddCheckpoint(parsing: request.body)
        else { return .text("no request of the protocol\n", status: 400) }
        self.state.withLock { $0.requests.append(request) }
        if let response = await self.behaviour(self, request) { return response }
        return self.protocolAnswer(request)
    }

    private func protocolAnswer(_ request: AddCheckpoint) -> Response {
        guard let checkpoint = try? Checkpoint(parsing: request.note.text) else { return .text("", status: 400) }
        return self.state.withLock { state in
            let last = state.head ?? .empty
            guard request.oldSize == last.size else {
                return Response(
                    status: 409, headers: [("Content-Type", AddCheckpoint.sizeType)],
                    body: Array(AddCheckpoint.body(size: last.size).utf8))
            }
            if state.head != nil, last.size == checkpoint.head.size, last.root != checkpoint.head.root {
                return .text("another root\n", status: 409)
            }
            guard (try? checkpoint.head.verifyConsistency(with: last, proof: request.proof)) != nil else {
                return .text("no continuation\n", status: 422)
            }
            state.head = checkpoint.head
            return .text(self.signer.cosignature(of: checkpoint.text, at: 1_767_225_600).line)
        }
    }

    /// Runs `body` while `witnesses` answer on loopback, each at the URL of the same place.
    public static func with<Value: Sendable>(
        _ witnesses: [LoopbackWitness], _ body: @Sendable ([String]) async throws -> Value
    ) async throws -> Value {
        let loops = [try EventLoop.start(name: "witnesses")]
        defer { for loop in loops { loop.stop() } }
        var limits = Limits()
        limits.drain = .milliseconds(10)
        let servers = try witnesses.map { witness in
            try HTTPServer.bind(host: "127.0.0.1", port: 0, loops: loops, limits: limits) { request, _ in
                await witness.answer(request)
            }
        }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for server in servers { group.addTask { try await server.run() } }
            defer { group.cancelAll() }
            return try await body(servers.map { "http://127.0.0.1:\($0.port)" })
        }
    }
}

extension LedgerPolicy {
    /// The policy over `witnesses` at `urls`, called w1, w2 and so on, with `quorum` as its last lines.
    public static func made(
        of witnesses: [LoopbackWitness], at urls: [String], _ quorum: String
    ) throws -> LedgerPolicy {
        var text = ""
        for (index, (witness, url)) in zip(witnesses, urls).enumerated() {
            text += "witness w\(index + 1) \(witness.signer.verifier.text) \(url)\n"
        }
        return try LedgerPolicy(parsing: (text + quorum + "\n").utf8)
    }
}

/// A door that a test opens; whoever waits at it goes on then.
public final class Gate: Sendable {
    private let state = Mutex<(open: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    /// A closed one.
    public init() {}

    /// Waits until it is open.
    public func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = self.state.withLock { state in
                if !state.open { state.waiting.append(continuation) }
                return state.open
            }
            if isOpen { continuation.resume() }
        }
    }

    /// Lets everybody through from now on.
    public func open() {
        let waiting = self.state.withLock { state in
            defer { state = (true, []) }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
