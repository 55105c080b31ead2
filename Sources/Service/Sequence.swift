internal import Crypto
public import Postgres
public import Reputation
public import Store
public import Transparency

/// The one writer of the ledger.
///
/// Everything that enters the ledger comes through `append` or `record`, within the transaction that also stores what the entries
/// commit to: either both are there, or neither is.
public struct Ledger: Sendable {
    let authority: Authority
    let numbers = KnownNumbers()
    let novelty = Novelty()

    /// The ledger as this authority signs it. A writer of many batches keeps it, for what it remembers of them.
    public init(authority: Authority) { self.authority = authority }

    /// Appends `entries` in their order and returns the index of the first.
    ///
    /// The head's row is locked first, so writers queue behind one another, and the checkpoint is signed within the
    /// transaction: it becomes visible with the entries it covers or not at all.
    public func append(
        _ entries: [LedgerEntry], observedAt: Instant, on connection: isolated Connection
    ) throws -> Int64 {
        try self.append(
            entries.map { LedgerLeaf($0) }, to: connection.lockLedgerHead(), observedAt: observedAt, on: connection)
    }

    /// The same, by a caller that has locked the head already.
    func append(
        _ leaves: [LedgerLeaf], to head: LedgerHead?, observedAt: Instant, on connection: isolated Connection
    ) throws -> Int64 {
        try self.checkKeys(origin: head?.origin, on: connection)
        return try self.write(leaves, to: head, observedAt: observedAt, on: connection)
    }

    /// Checks that the keys at hand are the ones the ledger says sign; they may have been rotated by another program.
    ///
    /// - Throws: `KeysChanged`.
    func checkKeys(origin: String?, on connection: isolated Connection) throws {
        try KeyBook(KeyRecord.read(connection.run(.issuerKeys)))
            .check(self.authority, origin: origin)
    }

    /// Appends `leaves` under whatever keys are at hand: what `append` does once it has checked them.
    func write(
        _ leaves: [LedgerLeaf], to head: LedgerHead?, observedAt: Instant, on connection: isolated Connection
    ) throws -> Int64 {
        var frontier = try self.frontier(head, on: connection)
        let start = frontier.size
        var tiles: [TileContent] = []
        // The tree grows while the database stores, unless there are more than it has room for beyond the head.
        let headFirst = leaves.count > Self.roomAhead
        if headFirst {
            tiles = frontier.append(leaves.map(\.hash))
            try self.moveHead(head, to: frontier, observedAt: observedAt, on: connection)
        }
        try connection.append(leaves, at: start) {
            if !headFirst { tiles = frontier.append(leaves.map(\.hash)) }
        }
        try connection.writeTiles(tiles.map(StoredTile.init))
        if !headFirst { try self.moveHead(head, to: frontier, observedAt: observedAt, on: connection) }
        return start
    }

    /// How many entries there is room for beyond the head, at any time: it makes more when it is moved (`make_partitions`).
    private static let roomAhead = 1 << 20

    func moveHead(
        _ head: LedgerHead?, to frontier: Frontier, observedAt: Instant, on connection: isolated Connection
    ) throws {
        try connection.writeLedgerHead(
            self.signed(
                frontier.head, origin: head?.origin ?? self.authority.origin,
                observedAt: max(head?.observedAt ?? observedAt, observedAt)))
    }

    /// Begins the log: a signed head of size 0 under this authority's name, unless there are entries.
    public func begin(on connection: Connection) async throws {
        let now = self.authority.now()
        try await connection.transaction { connection in
            let head = try connection.lockLedgerHead()
            guard head == nil || (head?.size == 0 && head?.origin != self.authority.origin) else { return }
            try connection.writeLedgerHead(self.signed(Frontier().head, origin: self.authority.origin, observedAt: now))
        }
    }

    /// `head` with its checkpoint under every key that signs, the newest first.
    func signed(_ head: TreeHead, origin: String, observedAt: Instant) -> LedgerHead {
        let signers = self.signers(origin)
        var note = Checkpoint(origin: origin, head: head).signed(by: signers[0])
        for signer in signers.dropFirst() { note.add(signer.signature(of: note.text)) }
        return LedgerHead(
            origin: origin, size: head.size, root: head.root.bytes, note: note.encoded, observedAt: observedAt)
    }

    /// The right edge of the tree under `head`, which the stored tiles must make.
    func frontier(_ head: LedgerHead?, on connection: isolated Connection) throws -> Frontier {
        guard let head else { return Frontier() }
        let growing = Frontier.growingTiles(size: head.size)
        return try Frontier(head: TreeHead(head), tiles: TileSet.read(connection.run(.tiles(growing)), growing))
    }

    /// Those who sign checkpoints under the log's name, the newest first.
    private func signers(_ origin: String) -> [NoteSigner] {
        ([self.authority.keys.ledger] + self.authority.keys.olderLedger).map { key in
            guard let signer = NoteSigner(name: origin, kind: .log, key: key) else {
                preconditionFailure("the origin of a log, \(origin), is no name for a note's key")
            }
            return signer
        }
    }

    /// The verifier keys of the checkpoints (C2SP signed-note vkey), the newest first; before the first entry, of those
    /// to come.
    public func verifierKeys(origin: String?) -> [VerifierKey] {
        self.signers(origin ?? self.authority.origin).map(\.verifier)
    }

    /// The newest of the verifier keys.
    public func verifierKey(origin: String?) -> VerifierKey { self.verifierKeys(origin: origin)[0] }

    /// Whether the head's checkpoint is signed by this authority and says what the head says.
    public func verifies(_ head: LedgerHead) -> Bool {
        guard let checkpoint = self.checkpoint(of: head) else { return false }
        return checkpoint.origin == head.origin && checkpoint.head == TreeHead(head)
    }

    /// What the head's note is signed for by a key of this authority, or by one of those in `book`; nil when it is by
    /// none.
    func checkpoint(of head: LedgerHead, knowing book: KeyBook = KeyBook([])) -> Checkpoint? {
        // No note, no checkpoint, another's signature: each means that nothing is signed here, and the caller says for whom.
        guard let note = try? SignedNote(parsing: head.note.utf8), let stated = try? Checkpoint(parsing: note.text)
        else { return nil }
        for key in self.verifierKeys(origin: stated.origin) + book.verifierKeys {
            // A key that did not sign is not an error while another may have.
            if let checkpoint = try? Checkpoint(note, of: key) { return checkpoint }
        }
        return nil
    }
}

extension TreeHead {
    /// The tree a stored head names.
    public init(_ head: LedgerHead) {
        guard let root = Digest(head.root) else { preconditionFailure("the table lets in no root but of 32 bytes") }
        self.init(size: head.size, root: root)
    }
}

extension StoredTile {
    init(_ content: TileContent) {
        guard case .hashes(let level) = content.tile.kind else { preconditionFailure("only hashes are stored") }
        self.init(level: Int64(level), index: content.tile.number, hashes: content.bytes)
    }
}

extension SQL {
    /// The stored hashes of `tiles`.
    public static func tiles(_ tiles: [Tile]) -> SQL {
        let places = tiles.compactMap { tile -> (Int64, Int64)? in
            guard case .hashes(let level) = tile.kind else { return nil }
            return (Int64(level), tile.number)
        }
        return .tiles(levels: places.map(\.0), indexes: places.map(\.1))
    }
}

/// Stored tiles as proofs take them.
public enum TileSet {
    /// The hashes in `rows` of `SQL.tiles`, for each of `wanted` that is there.
    public static func read(_ rows: [Row], _ wanted: [Tile]) throws -> [Tile: [UInt8]] {
        struct Place: Hashable {
            let level: Int64
            let index: Int64
        }
        let stored = Dictionary(
            uniqueKeysWithValues: try StoredTile.read(rows).map { (Place(level: $0.level, index: $0.index), $0.hashes) }
        )
        var tiles: [Tile: [UInt8]] = [:]
        for tile in wanted {
            guard case .hashes(let level) = tile.kind else { continue }
            tiles[tile] = stored[Place(level: Int64(level), index: tile.number)]
        }
        return tiles
    }
}
