public import Crypto
public import Postgres
public import Reputation
public import Transparency

/// The head of the ledger: what the newest checkpoint says.
public struct LedgerHead: Equatable, Sendable {
    /// The log's name, `<host>/evidence`.
    public let origin: String
    /// How many entries there are.
    public let size: Int64
    /// The RFC 6962 tree hash of them, 32 bytes.
    public let root: [UInt8]
    /// The signed checkpoint (C2SP signed note).
    public let note: String
    /// When the newest evidence was observed; profiles are computed as of this day.
    public let observedAt: Instant

    /// A head.
    public init(origin: String, size: Int64, root: [UInt8], note: String, observedAt: Instant) {
        self.origin = origin
        self.size = size
        self.root = root
        self.note = note
        self.observedAt = observedAt
    }

    init(_ row: Row) throws {
        self.init(
            origin: try row.text(0), size: try row.int(1), root: try row.bytes(2), note: try row.text(3),
            observedAt: Instant(seconds: try row.seconds(4)))
    }
}

/// A tile as it is stored: `level`, `index` and up to 256 hashes of 32 bytes, one after the other.
public struct StoredTile: Equatable, Sendable {
    /// The level, 0 for hashes of entries.
    public let level: Int64
    /// The place within the level.
    public let index: Int64
    /// The hashes.
    public let hashes: [UInt8]

    /// A tile.
    public init(level: Int64, index: Int64, hashes: [UInt8]) {
        self.level = level
        self.index = index
        self.hashes = hashes
    }
}

extension SQL {
    /// The head of the ledger, or no row before the first entry.
    public static let ledgerHead: SQL = "SELECT origin, size, root, note, observed_at FROM ledger_head"

    /// The tile at (`level`, `index`): level, index and hashes, or no row.
    public static func tile(level: Int64, index: Int64) -> SQL {
        "SELECT level, index, hashes FROM tiles WHERE level = \(level) AND index = \(index)"
    }

    /// The tiles at the same places of `levels` and `indexes`, those that exist.
    public static func tiles(levels: [Int64], indexes: [Int64]) -> SQL {
        """
        SELECT t.level, t.index, t.hashes
        FROM unnest(\(levels), \(indexes)) AS wanted (level, index)
        JOIN tiles t ON t.level = wanted.level AND t.index = wanted.index
        """
    }

    /// The tiles of `level` from place `start` to before `end`, in their order: level, index and hashes.
    public static func tiles(level: Int64, from start: Int64, to end: Int64) -> SQL {
        """
        SELECT level, index, hashes FROM tiles
        WHERE level = \(level) AND index >= \(start) AND index < \(end) ORDER BY index
        """
    }

    /// Kind and commitment of `count` entries from `start` on, in order.
    public static func entries(from start: Int64, count: Int64) -> SQL {
        """
        SELECT kind, commitment FROM entries
        WHERE index >= \(start) AND index < \(start + count) ORDER BY index
        """
    }

    /// Index, kind and commitment of the entries below `size` that may have one of `leafHashes`, in order; for
    /// `LedgerEntry.read(_:withLeafHashes:)`.
    ///
    /// A commitment has one leaf hash for each kind, so this finds entries by their commitment, too.
    /// The keys come out of a SELECT, so that no plan is made for these very ones: with eleven partitions it took PostgreSQL four
    /// times as long as the look.
    public static func entries(withLeafHashes leafHashes: [Digest], below size: Int64) -> SQL {
        """
        SELECT index, kind, commitment FROM entries
        WHERE leaf_key = ANY((SELECT \(leafHashes.map(\.leafKey)))::bigint[]) AND index < \(size) ORDER BY index
        """
    }

    /// The checkpoint strangers see, in the columns of `ledgerHead`; no row before the log was begun.
    public static let publishedCheckpoint: SQL =
        "SELECT origin, size, root, note, observed_at FROM published_checkpoint"

    /// Since when strangers see it; no row before the log was begun.
    public static let publicationTime: SQL = "SELECT published_at FROM published_checkpoint"
}

extension LedgerHead {
    /// The head in `rows` of `SQL.ledgerHead`, nil before the first entry.
    public static func read(_ rows: [Row]) throws -> LedgerHead? { try rows.first.map { try LedgerHead($0) } }
}

extension StoredTile {
    /// The tiles in `rows` of `SQL.tile` or one of the `SQL.tiles`.
    public static func read(_ rows: [Row]) throws -> [StoredTile] {
        try rows.map { StoredTile(level: try $0.int(0), index: try $0.int(1), hashes: try $0.bytes(2)) }
    }
}

extension LedgerEntry {
    /// The entries in `rows` of `SQL.entries(from:count:)`.
    public static func read(_ rows: [Row]) throws -> [LedgerEntry] {
        try rows.map { try LedgerEntry(kind: $0.text(0), commitment: $0.text(1)) }
    }

    /// The entries in `rows` of `SQL.entries(withLeafHashes:below:)` that have one of `leafHashes`, each with its index.
    public static func read(
        _ rows: [Row], withLeafHashes leafHashes: [Digest]
    ) throws -> [(index: Int64, entry: LedgerEntry)] {
        try rows.map { (try $0.int(0), try LedgerEntry(kind: $0.text(1), commitment: $0.text(2))) }
            .filter { leafHashes.contains($0.entry.leafHash) }
    }

    /// An entry as its row has it. The table's constraints let nothing else in, so anything else is damage.
    init(kind: String, commitment: String) throws {
        guard let kind = Kind(rawValue: kind), let commitment = Commitment(text: commitment) else {
            throw DamagedRow(table: "entries")
        }
        self.init(kind, commitment)
    }
}

extension Digest {
    /// What an entry with this leaf hash is found by: the first 8 bytes, most significant first.
    var leafKey: Int64 { Int64(bitPattern: self.leading) }
}

/// A row holds what the schema does not allow: somebody wrote past it.
public struct DamagedRow: Error, CustomStringConvertible {
    /// Where.
    public let table: String

    /// A row of `table`.
    public init(table: String) { self.table = table }

    /// What to do.
    public var description: String { "a row of \(self.table) is damaged: run standingd check" }
}

extension Connection {
    /// The head as it stands, nil before the first entry.
    public func ledgerHead() throws -> LedgerHead? { try LedgerHead.read(self.run(.ledgerHead)) }

    /// The head, locked until the transaction ends: whoever holds it is the one writer of the ledger.
    ///
    /// The advisory lock keeps out those who share the ledger (`shareLedger`), and covers the first append ever, when there is no
    /// head to lock.
    public func lockLedgerHead() throws -> LedgerHead? {
        try self.run("SELECT pg_advisory_xact_lock(\(ledgerLock))")
        return try self.holdHead(waiting: true)
    }

    /// Waits until nobody has locked the head, and keeps it so until the transaction ends; others may share it at the same time.
    public func shareLedger() throws { try self.run("SELECT pg_advisory_xact_lock_shared(\(ledgerLock))") }

    /// The head, held until the transaction ends against the others who share the ledger: waited for, or nil where one of them
    /// has it. Nil before the first entry, too.
    public func holdHead(waiting: Bool) throws -> LedgerHead? {
        try LedgerHead.read(
            self.run(
                waiting
                    ? "SELECT origin, size, root, note, observed_at FROM ledger_head FOR UPDATE"
                    : "SELECT origin, size, root, note, observed_at FROM ledger_head FOR UPDATE SKIP LOCKED"))
    }

    /// Waits until nobody else publishes, until the transaction ends.
    public func lockPublication() throws { try self.run("SELECT pg_advisory_xact_lock(\(publicationLock))") }

    /// Replaces the head, or writes the first.
    public func writeLedgerHead(_ head: LedgerHead) throws {
        try self.run(
            """
            INSERT INTO ledger_head (origin, size, root, note, observed_at)
            VALUES (\(head.origin), \(head.size), \(head.root), \(head.note), \(Timestamp(seconds: head.observedAt.seconds)))
            ON CONFLICT (one) DO UPDATE SET origin = excluded.origin, size = excluded.size, root = excluded.root,
                note = excluded.note, observed_at = excluded.observed_at
            """)
    }

    /// Shows `head`, whose note has the signatures it needs, to the world; a smaller one than is shown changes nothing.
    public func publish(_ head: LedgerHead, at now: Instant) throws {
        try self.run(
            """
            INSERT INTO published_checkpoint AS shown (origin, size, root, note, observed_at, published_at)
            VALUES (\(head.origin), \(head.size), \(head.root), \(head.note),
                \(Timestamp(seconds: head.observedAt.seconds)), \(Timestamp(seconds: now.seconds)))
            ON CONFLICT (one) DO UPDATE SET origin = excluded.origin, size = excluded.size, root = excluded.root,
                note = excluded.note, observed_at = excluded.observed_at,
                published_at = greatest(shown.published_at, excluded.published_at)
            WHERE shown.size <= excluded.size
            """)
    }

    /// Writes `tiles`, each new or grown.
    public func writeTiles(_ tiles: [StoredTile]) throws {
        try self.run(
            """
            INSERT INTO tiles (level, index, hashes)
            SELECT * FROM unnest(\(tiles.map(\.level)), \(tiles.map(\.index)), \(tiles.map(\.hashes)))
            ON CONFLICT (level, index) DO UPDATE SET hashes = excluded.hashes
            """)
    }

    /// Appends the entries of `leaves` at `start`, `start + 1` and so on; `meanwhile` runs while the database stores them.
    public func append(_ leaves: [LedgerLeaf], at start: Int64, meanwhile: () -> Void = {}) throws {
        let numbered = leaves.enumerated().map { (index: start + Int64($0.offset), leaf: $0.element) }
        try self.copy(
            numbered, into: "entries (index, leaf_key, kind, commitment)",
            values: { ($0.index, $0.leaf.hash.leafKey, $0.leaf.entry.kind.rawValue, $0.leaf.entry.commitment.text) },
            meanwhile: meanwhile)
    }
}

/// Where a tile stands: its level and its place within the level.
public struct TilePlace: Hashable, Sendable, CustomStringConvertible {
    /// The level, 0 for hashes of entries.
    public let level: Int64
    /// The place within the level.
    public let index: Int64

    /// The place of `tile`.
    public init(_ tile: StoredTile) { self.init(level: tile.level, index: tile.index) }

    /// The place `index` of `level`.
    public init(level: Int64, index: Int64) {
        self.level = level
        self.index = index
    }

    /// `level/index`.
    public var description: String { "\(self.level)/\(self.index)" }
}

extension TilePlace: Comparable {
    /// Orders by level, then by place.
    public static func < (left: TilePlace, right: TilePlace) -> Bool {
        (left.level, left.index) < (right.level, right.index)
    }
}

extension Connection {
    /// Every tile's hashes: 32 bytes an entry and a little more.
    public func allTiles() throws -> [TilePlace: [UInt8]] {
        var tiles: [TilePlace: [UInt8]] = [:]
        try self.stream("SELECT level, index, hashes FROM tiles") { row in
            let tile = StoredTile(level: try row.int(0), index: try row.int(1), hashes: try row.bytes(2))
            tiles[TilePlace(tile)] = tile.hashes
        }
        return tiles
    }
}

/// Any number will do so long as nothing else in the database uses it.
private let ledgerLock: Int64 = 0x6C65_6467_6572
private let publicationLock: Int64 = 0x7075_626C_6973_68
