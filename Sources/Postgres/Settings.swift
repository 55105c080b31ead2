/// What a session sets when it is opened.
public struct SessionSettings: Sendable {
    /// What the server's logs and `pg_stat_activity` call this session.
    public var applicationName: String
    /// The role to take on after login, by SET ROLE; nil keeps the one the URL names.
    public var role: String?
    /// The longest a statement may run; nil sets no limit.
    public var statementTimeout: Duration?
    /// The longest a statement may wait for a lock; nil sets no limit.
    public var lockTimeout: Duration?
    /// True lets no statement write.
    var isReadOnly = false

    /// Settings without limits unless they are given.
    public init(
        applicationName: String = "standing", role: String? = nil, statementTimeout: Duration? = nil,
        lockTimeout: Duration? = nil
    ) {
        self.applicationName = applicationName
        self.role = role
        self.statementTimeout = statementTimeout
        self.lockTimeout = lockTimeout
    }

    /// The statement that sets everything. Cursors are read to their end, so they are planned for it. No statement gets
    /// workers beside its backend: with ten million facts some were seen to be started to ask which of a batch are known, on
    /// processors that others wait for. Nor is one compiled (`jit`): what it costs is reckoned over all partitions, and compiling
    /// a look at eight thousand rows took three times as long as the look.
    var statement: SQL {
        """
        SELECT set_config('application_name', \(self.applicationName), false),
               set_config('role', \(self.role ?? "none"), false),
               set_config('statement_timeout', \(Self.milliseconds(self.statementTimeout)), false),
               set_config('lock_timeout', \(Self.milliseconds(self.lockTimeout)), false),
               set_config('default_transaction_read_only', \(self.isReadOnly ? "on" : "off"), false),
               set_config('cursor_tuple_fraction', '1', false),
               set_config('max_parallel_workers_per_gather', '0', false),
               set_config('jit', 'off', false),
               set_config('timezone', 'UTC', false),
               set_config('datestyle', 'ISO, YMD', false)
        """
    }

    /// 0 means no limit to the server, so a limit under a millisecond becomes one.
    private static func milliseconds(_ limit: Duration?) -> String {
        guard let limit else { return "0" }
        return String(
            max(
                1,
                min(limit.components.seconds, 1_000_000) * 1000 + limit.components.attoseconds / 1_000_000_000_000_000))
    }
}
