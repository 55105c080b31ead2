internal import EventLoop
internal import Glibc

/// The connection behind a `ReadPipeline` and how it comes and goes. Belongs to the loop's thread.
final class PipelineState {
    private enum Phase { case opening, ready, down, closed }

    let loop: EventLoop
    private let url: String
    private let settings: SessionSettings
    private let limit: Int
    private var phase = Phase.opening
    private var opened: ((PostgresError?) -> Void)?
    private var turn: Hook?
    /// Our own duplicate of libpq's socket.
    private var watched: Int32?
    /// Ends an attempt to connect, or begins the next.
    private var timer: Timer?
    private var patience = PipelineState.shortestPause
    var traffic: Traffic
    private var silence: Timer?
    /// The settings were refused: not a lost connection, but none to use either. Handled once the answers are read.
    private var refused: PostgresError?

    private static let shortestPause = Duration.milliseconds(50)
    private static let longestPause = Duration.seconds(1)
    private static let longestConnecting = Duration.seconds(10)
    /// How much longer than `statement_timeout` an answer may take before the server counts as gone.
    private static let grace = Duration.seconds(10)

    init(url: String, settings: SessionSettings, limit: Int, loop: EventLoop) {
        (self.url, self.settings, self.limit, self.loop) = (url, settings, limit, loop)
        self.traffic = Traffic()
    }

    /// Connects; `opened` is told of success, or of a failure, after which nothing more is tried.
    func open(_ opened: @escaping (PostgresError?) -> Void) {
        self.opened = opened
        self.turn = self.loop.beforeWaiting { [weak self] in
            guard let self else { return nil }
            self.endTurn()
            return self.traffic.hasUnsent ? .zero : nil
        }
        self.connect()
    }

    /// Queues `sql` for the end of this turn.
    func add(_ sql: SQL, _ done: @escaping (Result<[Row], PostgresError>) -> Void) {
        guard self.phase == .ready else {
            return done(.failure(PostgresError(state: .noConnection, message: "there is no connection for reads")))
        }
        guard self.traffic.count < self.limit else {
            return done(.failure(PostgresError(state: .overloaded, message: "\(self.limit) reads are waiting")))
        }
        self.traffic.add(Read(sql, done))
    }

    func close() {
        self.phase = .closed
        self.turn?.remove()
        self.drop(PostgresError(state: .noConnection, message: "the connection is closed"))
    }

    private func connect() {
        self.refused = nil
        self.timer = self.loop.after(Self.longestConnecting) { [weak self] in
            self?.lose(PostgresError(state: .noConnection, message: "connecting took too long"))
        }
        self.traffic.session = Session.start(self.url)
        self.step(self.traffic.session.started())
    }

    private func step(_ progress: Session.Progress) {
        self.unwatch()
        switch progress {
        case .waiting(let socket, let interest):
            self.watch(socket, interest) { state in state.step(state.traffic.session.proceed()) }
        case .connected(let socket):
            self.watch(socket, .readable) { $0.pump() }
            if self.watched != nil { self.prepareSession() }
        case .failed:
            self.lose(self.traffic.session.lost())
        }
    }

    private func prepareSession() {
        guard self.traffic.session.enterPipeline() else { return self.lose(self.traffic.session.lost()) }
        self.traffic.add(
            Read(self.settings.statement) { [weak self] result in
                switch result {
                case .success: self?.becomeReady()
                case .failure(let error): self?.refused = error
                }
            })
    }

    private func becomeReady() {
        self.timer?.cancel()
        self.phase = .ready
        self.patience = Self.shortestPause
        self.opened.take()?(nil)
    }

    /// Sends what the turn has queued.
    private func endTurn() {
        guard self.traffic.hasUnsent, self.watched != nil else { return }
        do throws(PostgresError) {
            try self.traffic.send()
            self.pump(reading: false)
        } catch {
            self.lose(error)
        }
    }

    /// Writes, reads and answers what can be without waiting. Writing may read too, so answers are always looked for.
    private func pump(reading: Bool = true) {
        do throws(PostgresError) {
            if reading { try self.traffic.session.consume() }
            let isWriting = try self.traffic.session.flush()
            if let watched { self.loop.change(watched, to: isWriting ? [.readable, .writable] : .readable) }
            try self.traffic.receive()
            if let refused = self.refused.take() { throw refused }
            self.listen()
        } catch {
            self.lose(error)
        }
    }

    /// Makes sure that a server which says nothing any more is noticed.
    private func listen() {
        guard self.silence == nil, self.traffic.isExpecting, let limit = self.settings.statementTimeout else { return }
        let answered = self.traffic.answered
        self.silence = self.loop.after(limit + Self.grace) { [weak self] in
            guard let self else { return }
            self.silence = nil
            if self.traffic.isExpecting, self.traffic.answered == answered {
                self.lose(PostgresError(state: .noConnection, message: "the server does not answer"))
            } else {
                self.listen()
            }
        }
    }

    /// Gives the connection up, and tries again after a pause that doubles each time.
    private func lose(_ error: PostgresError) {
        guard self.phase != .closed else { return }
        let opened = self.opened.take()
        self.phase = opened == nil ? .down : .closed
        if opened != nil { self.turn?.remove() }
        self.drop(PostgresError(state: .noConnection, message: error.message))
        if let opened { return opened(error) }
        self.timer = self.loop.after(self.patience) { [weak self] in self?.connect() }
        self.patience = min(self.patience * 2, Self.longestPause)
    }

    /// Ends the session and fails everything that waits.
    private func drop(_ error: PostgresError) {
        self.timer?.cancel()
        self.silence?.cancel()
        self.silence = nil
        self.unwatch()
        self.traffic.end(with: error)
    }

    /// Watches a duplicate of `socket`: libpq closes its own whenever the connection fails, before we can unwatch it.
    private func watch(_ socket: Int32, _ interest: Interest, _ ready: @escaping (PipelineState) -> Void) {
        let duplicate = fcntl(socket, F_DUPFD_CLOEXEC, 0)
        guard duplicate >= 0 else {
            return self.lose(PostgresError(state: .noConnection, message: "no descriptor is left"))
        }
        self.watched = duplicate
        self.loop.watch(duplicate, for: interest) { [weak self] in
            if let self { ready(self) }
        }
    }

    private func unwatch() {
        guard let watched = self.watched.take() else { return }
        self.loop.unwatch(watched)
        Glibc.close(watched)
    }
}
