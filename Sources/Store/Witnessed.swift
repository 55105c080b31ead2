internal import Crypto
public import Postgres
public import Reputation
public import Transparency

/// The checkpoint of another log that our witness cosigned last.
public struct Witnessed: Equatable, Sendable {
    /// What it says.
    public let checkpoint: Checkpoint
    /// It with the log's signature and ours.
    public let note: String
    /// When we cosigned it.
    public let cosignedAt: Instant

    /// A checkpoint cosigned at `cosignedAt`.
    public init(checkpoint: Checkpoint, note: String, cosignedAt: Instant) {
        self.checkpoint = checkpoint
        self.note = note
        self.cosignedAt = cosignedAt
    }
}

extension SQL {
    /// The note of the log whose origin has this SHA-256, in lower-case hex; no row before it was cosigned.
    public static func witnessedNote(originHash: String) -> SQL {
        "SELECT note FROM witnessed WHERE encode(sha256(convert_to(origin, 'UTF8')), 'hex') = \(originHash)"
    }
}

extension Connection {
    /// What was cosigned last of the log `origin`, its row locked until the transaction ends; nil when nothing was.
    public func lockWitnessed(_ origin: String) throws -> TreeHead? {
        let rows = try self.run("SELECT size, root FROM witnessed WHERE origin = \(origin) FOR UPDATE")
        return try rows.first.map { row in
            guard let root = Digest(try row.bytes(1)) else { throw DamagedRow(table: "witnessed") }
            return TreeHead(size: try row.int(0), root: root)
        }
    }

    /// Keeps the first checkpoint that is cosigned of a log.
    ///
    /// Throws a `PostgresError` of state `.uniqueViolation` when somebody else kept one since nothing was found to lock.
    public func addWitnessed(_ witnessed: Witnessed) throws {
        let checkpoint = witnessed.checkpoint
        try self.run(
            """
            INSERT INTO witnessed (origin, size, root, note, cosigned_at)
            VALUES (\(checkpoint.origin), \(checkpoint.head.size), \(checkpoint.head.root.bytes), \(witnessed.note),
                \(Timestamp(seconds: witnessed.cosignedAt.seconds)))
            """)
    }

    /// Keeps a checkpoint in place of the one before, whose row the transaction has locked.
    public func replaceWitnessed(_ witnessed: Witnessed) throws {
        let checkpoint = witnessed.checkpoint
        try self.run(
            """
            UPDATE witnessed SET size = \(checkpoint.head.size), root = \(checkpoint.head.root.bytes),
                note = \(witnessed.note), cosigned_at = \(Timestamp(seconds: witnessed.cosignedAt.seconds))
            WHERE origin = \(checkpoint.origin)
            """)
    }
}
