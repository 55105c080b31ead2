internal import CMicrohttpd
internal import EventLoop
internal import Glibc
internal import Synchronization

/// One loop's share of a server, and the only owner of a `MHD_Daemon`.
///
/// Everything but `init` happens on the loop's thread: libmicrohttpd calls back only inside `MHD_run` and
/// `MHD_stop_daemon`, which only this calls, and tasks come back to the loop they prefer. That is the proof behind
/// `@unchecked`. The daemon's pointer to this object is valid because `stop` ends the daemon and nothing else lets go
/// of a listener that started: the hook holds it.
@safe final class Listener: @unchecked Sendable {
    let loop: EventLoop
    let settings: ServerSettings
    private let number: Int
    private var daemon: OpaquePointer?
    private var hook: Hook?
    private var sweeper: Timer?
    private var connections: [ObjectIdentifier: Connection] = [:]
    private var made = 0
    private var quiet: CheckedContinuation<Void, Never>?

    /// Whether libmicrohttpd has to be run before the loop may wait.
    var due = true
    /// Whether a handler began and now waits, perhaps for what a hook before ours sends.
    var handlersWait = false
    /// Whether the server is stopping: answers then close their connections.
    private(set) var draining = false
    /// Requests between their head and the end of their answer.
    var requests = 0 { didSet { self.noticeQuiet() } }
    /// Handlers that have not returned, also those nobody waits for any more.
    var handlers = 0 { didSet { self.noticeQuiet() } }
    /// Counts the sweeps; deadlines are told in it, because reading the clock for each would cost more.
    private(set) var tick = 0
    private let interval: Duration
    let idleTicks: Int
    let requestTicks: Int

    init(loop: EventLoop, number: Int, settings: ServerSettings) {
        self.loop = loop
        self.number = number
        self.settings = settings
        let (idle, request) = (settings.limits.idle, settings.limits.request)
        let interval = min(max(min(idle, request) / 4, .milliseconds(10)), .seconds(1))
        self.interval = interval
        self.idleTicks = Int((idle / interval).rounded(.up)) + 1
        self.requestTicks = Int((request / interval).rounded(.up)) + 1
    }

    /// Starts to accept on `socket`, which is the daemon's from then on; says whether it could.
    func start(on socket: Int32) async -> Bool {
        await withTaskExecutorPreference(self.loop) { self.open(socket) }
    }

    private func open(_ socket: Int32) -> Bool {
        let head = self.settings.limits.headerBytes
        let owner = unsafe Unmanaged.passUnretained(self).toOpaque()
        // Room for the head, for what libmicrohttpd notes about each field, and for the answer's fields.
        let memory = head + head / 2 + 8 * 1024
        let daemon = unsafe start_http_daemon(
            socket, memory, UInt32(clamping: self.settings.limits.connections) + 64, owner, acceptPolicy, accessHandler,
            requestCompleted, connectionNotice, targetRead)
        guard let daemon = unsafe daemon else {
            close(socket)
            return false
        }
        unsafe self.daemon = daemon
        self.loop.watch(unsafe http_daemon_epoll(daemon), for: .readable) { self.due = true }
        self.hook = self.loop.beforeWaiting { self.pump() }
        self.sweep()
        return true
    }

    /// Lets libmicrohttpd work if it has to, once; it asks to be run again by a timeout of zero.
    ///
    /// Handlers begin in here, without a job. So when one is left waiting, the other hooks get another round.
    private func pump() -> Duration? {
        guard self.due else { return nil }
        self.due = false
        self.handlersWait = false
        unsafe MHD_run(self.daemon)
        var timeout: UInt64 = 0
        if unsafe MHD_get_timeout(self.daemon, &timeout) == .YES {
            self.due = true
            return self.handlersWait ? .zero : .milliseconds(timeout)
        }
        return self.due || self.handlersWait ? .zero : nil
    }

    /// Ends what is over its time and what was left half sent, now and every interval.
    private func sweep() {
        self.tick += 1
        for connection in Array(self.connections.values) {
            if connection.deadline < self.tick || connection.isDeserted { connection.expire() }
        }
        self.sweeper = self.loop.after(self.interval) { self.sweep() }
    }

    /// Accepts no more, waits until requests are answered or their time is up, and ends the daemon.
    func stop() async {
        await withTaskExecutorPreference(self.loop) {
            self.due = true
            _ = self.pump()
            self.draining = true
            let socket = unsafe MHD_quiesce_daemon(self.daemon)
            if socket >= 0 { Glibc.close(socket) }
            let limit = self.loop.after(self.settings.limits.drain) { self.quiet.take()?.resume() }
            await withCheckedContinuation { continuation in
                self.quiet = continuation
                self.noticeQuiet()
            }
            limit.cancel()
            self.end()
        }
    }

    private func noticeQuiet() {
        guard self.draining, self.requests == 0, self.handlers == 0 else { return }
        self.quiet.take()?.resume()
    }

    /// Ends the daemon; libmicrohttpd demands that no connection is suspended then.
    private func end() {
        for connection in Array(self.connections.values) { connection.abandon() }
        for _ in 0..<8 where self.due { _ = self.pump() }
        self.sweeper?.cancel()
        self.hook?.remove()
        self.hook = nil
        self.loop.unwatch(unsafe http_daemon_epoll(self.daemon))
        unsafe MHD_stop_daemon(self.daemon)
        unsafe self.daemon = nil
    }

    func opened(_ connection: Connection) {
        self.connections[ObjectIdentifier(connection)] = connection
        self.settings.count(connection.address, by: 1)
    }

    func closed(_ connection: Connection) {
        self.connections[ObjectIdentifier(connection)] = nil
        self.settings.count(connection.address, by: -1)
    }

    /// An id for a request that came without a good one.
    func makeID() -> String {
        self.made += 1
        return "\(self.settings.idPrefix)-\(self.number)-\(self.made)"
    }
}
