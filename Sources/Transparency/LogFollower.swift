internal import Crypto

/// How far a log was followed: a checkpoint it signed and the right edge of the tree under it, both verified.
public struct LogPosition: Sendable {
    /// The log's key; its name is the log's origin.
    public let key: VerifierKey
    /// The checkpoint with all its signatures.
    public let note: SignedNote
    /// What continues with the next entry.
    public let frontier: Frontier

    /// The size and the root.
    public var head: TreeHead { self.frontier.head }

    /// The position under `note`, from the tiles `Frontier.growingTiles(size:)` names; all of it is verified.
    ///
    /// - Throws: `LogAlarm` when key, note and tiles do not belong together.
    public init(key: VerifierKey, note: SignedNote, tiles: [Tile: [UInt8]]) throws(LogAlarm) {
        let claim = try LogClaim(note, of: key, after: nil)
        self.init(key: key, note: note, frontier: try claim.edge(tiles))
    }

    init(key: VerifierKey, note: SignedNote, frontier: Frontier) {
        self.key = key
        self.note = note
        self.frontier = frontier
    }
}

/// What a log says it is now: signed by its key and no smaller than before, the rest still to be shown.
///
/// Following a log is pure here: a claim and an advance name the tiles they need, the caller reads them wherever they
/// are, and the arithmetic decides. Nothing read is believed before it leads to the signed root.
public struct LogClaim: Sendable {
    /// The log's key.
    public let key: VerifierKey
    /// The checkpoint with all its signatures.
    public let note: SignedNote
    /// The size and the root it signs.
    public let head: TreeHead
    /// The tree seen before and this one.
    private let pair: TreePair

    /// The claim that `note` makes after the log was seen at `seen`, nil for never.
    ///
    /// - Throws: `LogAlarm`: `badCheckpoint`, `rewound` or `split`.
    public init(_ note: SignedNote, of key: VerifierKey, after seen: TreeHead?) throws(LogAlarm) {
        let checkpoint: Checkpoint
        do throws(CheckpointError) { checkpoint = try Checkpoint(note, of: key) } catch { throw .badCheckpoint(error) }
        let seen = seen ?? .empty
        guard checkpoint.head.size >= seen.size else { throw .rewound(from: seen, to: checkpoint.head) }
        self.key = key
        self.note = note
        self.head = checkpoint.head
        self.pair = try TreePair(seen, checkpoint.head)
    }

    /// The tiles that show the claim: the right edge, and the proof that the tree continues the one seen before.
    public var tiles: [Tile] {
        var seen: Set<Tile> = []
        return (Frontier.growingTiles(size: self.head.size) + self.pair.tiles).filter { seen.insert($0).inserted }
    }

    /// What is to be read for the claim, with `tiles` as its first part, from where `frontier` stands.
    ///
    /// - Parameters:
    ///   - frontier: of entries read before, no more than the claim has.
    ///   - tiles: bytes of each tile `tiles` names.
    /// - Throws: `LogAlarm`: `withheld`, `wrongTile` or `notContinued`.
    public func advance(from frontier: Frontier, tiles: [Tile: [UInt8]]) throws(LogAlarm) -> LogAdvance {
        precondition(frontier.size <= self.head.size, "more was read than there is")
        let edge = try self.edge(tiles)
        try self.pair.verify(tiles)
        return LogAdvance(claim: self, edge: edge, frontier: frontier)
    }

    /// The right edge that leads to the root signed.
    fileprivate func edge(_ tiles: [Tile: [UInt8]]) throws(LogAlarm) -> Frontier {
        do throws(TileError) { return try Frontier(head: self.head, tiles: tiles) } catch {
            switch error {
            case .missing(let tile): throw .withheld(tile)
            case .short(let tile): throw .wrongTile(tile)
            case .wrongRoot: throw .wrongEdge(self.head)
            }
        }
    }
}

/// Reading what a log has, bundle by bundle in order: each is compared with hashes that lead to the signed root before
/// it is handed on, and all of them are hashed anew from where reading began.
///
/// Holds one tile a level, however large the log.
public struct LogAdvance: Sendable {
    /// What is being read.
    public let claim: LogClaim
    /// The growing tiles under the claim.
    private let edge: Frontier
    /// What was read.
    private var frontier: Frontier
    /// The full tile of each level that was verified last.
    private var full: [Int: TileContent] = [:]
    private let first: Int64

    fileprivate init(claim: LogClaim, edge: Frontier, frontier: Frontier) {
        self.claim = claim
        self.edge = edge
        self.frontier = frontier
        self.first = frontier.size >> 8
    }

    /// One bundle and the full tiles of hashes that are first needed for it.
    public struct Step: Hashable, Sendable {
        /// The bundle, as wide as the tree makes it.
        public let bundle: Tile
        /// The full tiles, the lowest first.
        public let hashes: [Tile]

        /// All of them.
        public var tiles: [Tile] { [self.bundle] + self.hashes }
    }

    /// What is to be read, in order; nothing when the claim has no more than was read.
    public var steps: some Sequence<Step> & Sendable {
        let (size, first) = (self.claim.head.size, self.first)
        let end = size == self.frontier.size ? first : (size - 1) >> 8 + 1
        return (first..<end).lazy.map { LogAdvance.step($0, of: size, isFirst: $0 == first) }
    }

    private static func step(_ number: Int64, of size: Int64, isFirst: Bool) -> Step {
        guard let bundle = Tile.at(.entries, number: number, size: size) else { preconditionFailure("past the end") }
        var hashes: [Tile] = []
        for level in 0...Tile.highestLevel {
            let place = number >> Int64(8 * level)
            guard place < size >> Int64(8 * level + 8), isFirst || place << Int64(8 * level) == number else { break }
            hashes.append(Tile(.hashes(level: level), number: place))
        }
        return Step(bundle: bundle, hashes: hashes)
    }

    /// Takes in the next step, and gives what was verified with it.
    ///
    /// - Parameter tiles: bytes of each tile the step names.
    /// - Throws: `LogAlarm`: `withheld`, `wrongTile` or `wrongEntries`.
    public mutating func take(_ step: Step, _ tiles: [Tile: [UInt8]]) throws(LogAlarm) -> LogPart {
        for tile in step.hashes.reversed() { try self.verify(tile, tiles[tile]) }
        guard let bytes = tiles[step.bundle] else { throw .withheld(step.bundle) }
        let entries: [[UInt8]]
        do throws(EntryBundleError) { entries = try EntryBundle.decode(bytes) } catch {
            throw .wrongEntries(step.bundle)
        }
        let leaves = self.hashes(level: 0, number: step.bundle.number)
        guard entries.map({ MerkleTree.leafHash($0) }) == leaves else { throw .wrongEntries(step.bundle) }
        let start = step.bundle.number << 8
        _ = self.frontier.append(leaves.dropFirst(Int(max(0, self.frontier.size - start))))
        return LogPart(
            start: start, entries: entries, bundle: step.bundle, bytes: bytes,
            hashes: step.hashes.compactMap { $0.kind.level.flatMap { self.full[$0] } })
    }

    /// Where the log was followed to, once every step was taken.
    ///
    /// - Throws: `LogAlarm.notContinued` when the entries read, after those before, are not the tree that was signed.
    public func finish() throws(LogAlarm) -> LogPosition {
        guard self.frontier.head == self.claim.head else {
            throw .notContinued(from: self.frontier.head, to: self.claim.head)
        }
        return LogPosition(key: self.claim.key, note: self.claim.note, frontier: self.frontier)
    }

    /// Compares a full tile with the hash that the tile above, verified before, has of it.
    private mutating func verify(_ tile: Tile, _ bytes: [UInt8]?) throws(LogAlarm) {
        guard let bytes else { throw .withheld(tile) }
        guard let level = tile.kind.level else { preconditionFailure("a bundle is no tile of hashes") }
        guard let hashes = tile.hashes(bytes),
            MerkleTree.root(of: hashes)
                == self.hashes(level: level + 1, number: tile.number >> 8)[Int(tile.number & 255)]
        else { throw .wrongTile(tile) }
        self.full[level] = TileContent(tile: tile, hashes: hashes)
    }

    /// The hashes of a tile that is verified: on the edge, or the full one read last at its level.
    private func hashes(level: Int, number: Int64) -> [Digest] {
        if let full = self.full[level], full.tile.number == number { return full.hashes }
        guard let tile = Tile.at(.hashes(level: level), number: number, size: self.claim.head.size), !tile.isFull else {
            preconditionFailure("tiles are read from above")
        }
        return self.edge.growing(tile)
    }
}

/// What was verified of a log in one step.
public struct LogPart: Sendable {
    /// The index of the first of `entries`.
    public let start: Int64
    /// The entries of the bundle, those that were known before included.
    public let entries: [[UInt8]]
    /// Which bundle they came in, with its width.
    public let bundle: Tile
    /// The bundle as it is served.
    public let bytes: [UInt8]
    /// Full tiles of hashes that this bundle was the first to need.
    public let hashes: [TileContent]
}
