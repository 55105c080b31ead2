internal import EventLoop

/// A session with the database on a thread of its own, where statements may take their time.
///
/// Being an actor, it runs one statement after another. Once the connection is lost every statement throws
/// `.noConnection` until `reconnect` has succeeded: what was under way is never repeated on its own. Where a transaction is
/// the first to notice, nothing was, and it begins in a new session.
public actor Connection {
    private let executor: BlockingExecutor
    private let url: String
    private let settings: SessionSettings
    var session: Session
    /// How many transactions are open around one another; those within the outermost are savepoints.
    var depth = 0

    /// The actor's own thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe self.executor.asUnownedSerialExecutor()
    }

    private init(url: String, settings: SessionSettings) {
        self.executor = BlockingExecutor(name: settings.applicationName)
        self.url = url
        self.settings = settings
        self.session = Session.closed()
    }

    /// Connects to the database at `url` (`postgres://…` or libpq's `key=value` form).
    ///
    /// `role` is taken on after login, in place of the one in `settings`.
    public static func open(
        _ url: String, role: String? = nil, settings: SessionSettings = SessionSettings()
    ) async throws(PostgresError) -> Connection {
        var settings = settings
        settings.role = role ?? settings.role
        let connection = Connection(url: url, settings: settings)
        try await connection.reconnect()
        return connection
    }

    /// Connects again, with what `open` was given; prepared statements, session locks and settings are gone.
    ///
    /// Not within `transaction`, which cannot go on in another session.
    public func reconnect() throws(PostgresError) {
        precondition(self.depth == 0, "a transaction cannot go on in another session")
        self.session.close()
        self.session = try Session.open(self.url, settings: self.settings)
    }

    /// From now on the actor's thread gives way to others where there is too little of the processor for all (nice(1)): for
    /// work that nobody waits for.
    public func giveWay() { Niceness.background.takeOn() }

    /// True when the server went away, or after `close`.
    public var isLost: Bool { self.session.isLost }

    /// Runs one statement and returns its rows.
    ///
    /// It is prepared the first time, so running it again saves the server the parsing.
    @discardableResult
    public func run(_ sql: SQL) throws(PostgresError) -> [Row] { try self.session.run(sql) }

    /// Runs several statements separated by semicolons, without parameters and without their rows; for the files of
    /// migrations alone.
    ///
    /// Outside `transaction` they are one transaction together, unless the text says otherwise.
    public func script(_ text: String) throws(PostgresError) { try self.session.script(text) }

    /// Ends the session.
    public func close() { self.session.close() }
}
