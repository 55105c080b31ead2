public import Migrations
public import Postgres

/// Why the schema could not be brought up to date.
public enum MigrationError: Error, Equatable, CustomStringConvertible {
    /// The database has migrations this program does not know.
    case tooNew(database: Int64, program: Int64)
    /// A migration that was applied reads differently now.
    case changed(name: String)

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .tooNew(let database, let program):
            "the database is at migration \(database) and this program knows only \(program): run the newer program"
        case .changed(let name):
            "migration \(name) was applied with another text: restore the file, and put the change into a new migration"
        }
    }
}

extension SQL {
    /// The role the running service takes on, or no row when the server has none or this user may not.
    public static let serviceRole: SQL =
        """
        SELECT rolname FROM pg_roles
        WHERE rolname = 'standing_service' AND pg_has_role(current_user, oid, 'MEMBER')
        """

    /// The number of the newest migration applied.
    public static let newestMigration: SQL = "SELECT coalesce(max(number), 0) FROM schema_migrations"
}

extension Connection {
    /// Applies what is missing of `migrations`, each in a transaction of its own, and returns the names applied.
    ///
    /// An advisory lock keeps two programs from doing this at once; the second finds nothing left to do.
    public func migrate(_ migrations: [Migration] = Migration.all) throws -> [String] {
        try self.run("SELECT pg_advisory_lock(\(migrationLock))")
        let names = Result { try self.applyMissing(of: migrations) }
        try self.run("SELECT pg_advisory_unlock(\(migrationLock))")
        return try names.get()
    }

    private func applyMissing(of migrations: [Migration]) throws -> [String] {
        try self.run(
            """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                number bigint PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now())
            """)
        let applied = try self.appliedMigrations()
        let known = migrations.map(\.number).max() ?? 0
        if let newest = applied.keys.max(), newest > known {
            throw MigrationError.tooNew(database: newest, program: known)
        }
        var names: [String] = []
        for migration in migrations {
            let digest = try self.run("SELECT encode(sha256(convert_to(\(migration.text), 'UTF8')), 'hex')")[0].text(0)
            if let known = applied[migration.number] {
                guard known == digest else { throw MigrationError.changed(name: migration.name) }
                continue
            }
            try self.transaction { connection in
                try connection.script(migration.text)
                try connection.run(
                    """
                    INSERT INTO schema_migrations (number, name, sha256)
                    VALUES (\(migration.number), \(migration.name), \(digest))
                    """)
            }
            names.append(migration.name)
        }
        return names
    }

    /// The digests of the migrations the database has, by number.
    private func appliedMigrations() throws -> [Int64: String] {
        let rows = try self.run("SELECT number, sha256 FROM schema_migrations")
        return try Dictionary(uniqueKeysWithValues: rows.map { (try $0.int(0), try $0.text(1)) })
    }
}

/// Any number will do so long as nothing else in the database uses it.
private let migrationLock: Int64 = 0x5374_616E_6469_6E67
