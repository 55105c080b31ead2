internal import Crypto
public import Postgres
public import Store
public import Transparency

/// Brings a database that was restored from an older backup up to what was shown of the ledger.
///
/// Entries are public, so anybody's copy of the log has them; every one is verified against a checkpoint this ledger
/// signed before. Nothing new is signed: the head that is put back is the very checkpoint that was seen outside. What
/// the entries committed to is in no copy and stays lost.
public struct Recover: Sendable {
    let authority: Authority
    private let highWater: HighWater
    private let statements: KeyStatements

    /// Recovery of the ledger of `authority`, whose state directory is `directory`.
    public init(authority: Authority, directory: StateDirectory) {
        self.authority = authority
        self.highWater = directory.highWater
        self.statements = directory.statements
    }

    /// What the database has, to which a copy's entries are added.
    public struct Start: Sendable {
        /// The right edge of the database's tree.
        public let frontier: Frontier
        /// The largest head that is known to have been shown, nil when nobody here remembers one.
        public let shown: TreeHead?
        /// Whether the high-water file is missing, damaged or older than what the database says was shown.
        let isMarkLost: Bool
        /// Every key that ever signed checkpoints, as far as anybody here knows, the newest first.
        let keys: [VerifierKey]

        /// What the copy's checkpoint claims: signed by this ledger, continuing the database, and reaching what was
        /// shown.
        ///
        /// - Throws: `RecoveryError`.
        public func claim(_ note: SignedNote) throws(RecoveryError) -> LogClaim {
            let claim: LogClaim
            // Asks which key signed. When none did, the claim below is refused by the first, and says why.
            let key = self.keys.first { (try? note.verified(by: [$0])) != nil } ?? self.keys[0]
            do throws(LogAlarm) {
                claim = try LogClaim(note, of: key, after: self.frontier.head)
            } catch {
                throw .copy(error)
            }
            if let shown, claim.head.size < shown.size {
                throw .copyTooShort(size: claim.head.size, shown: shown.size)
            }
            return claim
        }

        /// The entries of `part` that the database lacks.
        ///
        /// - Throws: `RecoveryError.unknownEntry`.
        public func entries(_ part: LogPart) throws(RecoveryError) -> [LedgerEntry] {
            var entries: [LedgerEntry] = []
            for (offset, bytes) in part.entries.enumerated() where part.start + Int64(offset) >= self.frontier.size {
                guard case .entry(let entry) = LedgerEntry.read(bytes) else {
                    throw .unknownEntry(index: part.start + Int64(offset))
                }
                entries.append(entry)
            }
            return entries
        }
    }

    /// Reads what the database has and what is known of what was shown.
    ///
    /// - Throws: `PostgresError`; `TileError` when the database's own tiles are damaged.
    public func start(on connection: Connection) async throws -> Start {
        let ledger = Ledger(authority: self.authority)
        let mark = try self.mark()
        let stated = try self.statements.all()
        return try await connection.transaction { connection in
            let head = try connection.ledgerHead()
            let published = try LedgerHead.read(connection.run(.publishedCheckpoint)).map { TreeHead($0) }
            return Start(
                frontier: try ledger.frontier(head, on: connection),
                shown: [mark, published].compactMap(\.self).max { $0.size < $1.size },
                isMarkLost: (mark?.size ?? -1) < (published?.size ?? 0),
                keys: ledger.verifierKeys(origin: head?.origin) + KeyBook(stated).verifierKeys)
        }
    }

    /// Appends `entries`, which a copy has beyond `start`, and puts back the copy's verified checkpoint as the head and
    /// as what is shown; in one transaction.
    ///
    /// - Parameter accepted: the size of the copy, said by somebody who compared it with what others have seen: asked
    ///   for when the high-water file is lost.
    /// - Throws: `RecoveryError`, `PublicationError` when the result is not what was shown, with nothing changed.
    public func refill(
        _ entries: [LedgerEntry], from start: Start, to position: LogPosition, accepting accepted: Int64? = nil,
        on connection: Connection
    ) async throws -> LedgerHead {
        let mark = try self.mark()
        guard !start.isMarkLost || accepted == position.head.size else {
            throw RecoveryError.unmarked(size: position.head.size)
        }
        let (highWater, rollback, now) = (self.highWater, RollbackGuard(highWater: highWater), self.authority.now())
        let stated = try self.statements.all()
        return try await connection.transaction { connection in
            try connection.lockPublication()
            let old = try connection.lockLedgerHead()
            guard (old?.size ?? 0) == start.frontier.size, old.map({ TreeHead($0) == start.frontier.head }) ?? true
            else {
                throw RecoveryError.changed
            }
            var frontier = start.frontier
            let tiles = frontier.append(entries.map(\.leafHash))
            guard frontier.head == position.head else { throw RecoveryError.changed }
            let head = LedgerHead(
                origin: position.key.name, size: frontier.size, root: frontier.root.bytes,
                note: position.note.encoded, observedAt: old?.observedAt ?? now)
            // The head first: it makes room, and a copy may bring more than there is.
            try connection.writeLedgerHead(head)
            try connection.append(entries.map { LedgerLeaf($0) }, at: start.frontier.size)
            try connection.writeTiles(tiles.map(StoredTile.init))
            try Recover.restore(stated, on: connection)
            if !entries.isEmpty {
                try connection.noteLoss(of: start.frontier.size..<head.size, reason: "refilled from a copy of the log")
            }
            if let mark { try rollback.check(head, continues: mark, on: connection) }
            if mark == nil {
                try highWater.replace(with: position.head)
            } else {
                try highWater.raise(to: position.head)
            }
            try connection.publish(head, at: now)
            try rollback.check(now: max(now, connection.newestMoment() ?? now), on: connection)
            return head
        }
    }

    /// Puts back what was said of keys in the entries that came back: it is kept beside the keys.
    private static func restore(_ stated: [KeyRecord], on connection: isolated Connection) throws {
        let known = Set(try KeyRecord.read(connection.run(.issuerKeys)).map(\.entryIndex))
        for record in stated where !known.contains(record.entryIndex) {
            let entries = try LedgerEntry.read(connection.run(.entries(from: record.entryIndex, count: 1)))
            if entries.first == record.entry { try connection.add(record) }
        }
    }

    /// Takes the database's word for what was shown last, after the state directory was lost; `size` is the size that
    /// somebody compared with what others have seen.
    ///
    /// It never lowers a mark that can be read.
    /// - Throws: `RecoveryError.notShown` unless `size` is the published one, `PublicationError`.
    public func accept(size: Int64, on connection: Connection) async throws {
        let mark = try self.mark()
        let (highWater, rollback) = (self.highWater, RollbackGuard(highWater: highWater))
        try await connection.transaction { connection in
            try connection.lockPublication()
            let (head, shown) = (
                try connection.ledgerHead(), try LedgerHead.read(connection.run(.publishedCheckpoint))
            )
            guard size == shown?.size ?? 0 else { throw RecoveryError.notShown(size: size, shown: shown?.size ?? 0) }
            if let mark { try rollback.check(head, continues: mark, on: connection) }
            let accepted = shown.map { TreeHead($0) } ?? .empty
            try rollback.check(head, continues: accepted, on: connection)
            if (mark?.size ?? -1) < size { try highWater.replace(with: accepted) }
        }
    }

    /// The mark, nil when there is none or it cannot be read as one.
    private func mark() throws(HighWaterError) -> TreeHead? {
        do throws(HighWaterError) { return try self.highWater.last() } catch {
            guard case .damaged = error else { throw error }
            return nil
        }
    }
}

/// Why a restored database was not recovered. Nothing was changed.
public enum RecoveryError: Error, Equatable, CustomStringConvertible {
    /// The copy is not one of this ledger, or damaged.
    case copy(LogAlarm)
    /// The copy ends before what was shown.
    case copyTooShort(size: Int64, shown: Int64)
    /// An entry of the copy is of a kind this program does not know.
    case unknownEntry(index: Int64)
    /// Somebody wrote to the ledger meanwhile.
    case changed
    /// Nobody here remembers what was shown last.
    case unmarked(size: Int64)
    /// The size to be accepted is not the one the database says was shown.
    case notShown(size: Int64, shown: Int64)

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .copy(let alarm): alarm.ofCopy
        case .copyTooShort(let size, let shown):
            "the copy has \(size) entries, but a checkpoint of \(shown) was shown: find a copy that reaches it"
        case .unknownEntry(let index):
            "entry \(index) of the copy is of a kind this program does not know: run the program that wrote it, or a newer one"
        case .changed:
            "the ledger was written to meanwhile: stop everything else that uses the database, then try again"
        case .unmarked(let size):
            "the high-water file is lost, so nobody here knows whether more than the copy's \(size) entries was shown: compare with "
                + "witnesses and monitors, then say --accept-size \(size) too"
        case .notShown(let size, let shown):
            "the database says that a checkpoint of \(shown) was shown, not of \(size): compare again what others have seen"
        }
    }
}

extension LogAlarm {
    /// What it means when a copy of our own log is so.
    fileprivate var ofCopy: String {
        switch self {
        case .badCheckpoint:
            "the copy's checkpoint is not one that this ledger's key signed: it is no copy of this ledger"
        case .rewound(let from, let to):
            "the copy has \(to.size) entries and the database \(from.size): there is nothing to refill from it"
        case .split, .notContinued:
            "the copy does not continue the database: after the backup was restored something else was written to it, or its "
                + "tiles are damaged. Restore the backup again and let nothing write before this"
        case .wrongEdge: "the copy is damaged: its tiles do not lead to its checkpoint"
        case .withheld(let tile): "the copy lacks \(tile.path)"
        case .wrongTile(let tile), .wrongEntries(let tile):
            "the copy is damaged: \(tile.path) is not what its checkpoint stands for"
        }
    }
}
