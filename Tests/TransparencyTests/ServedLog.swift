import Crypto
import Testing
import Transparency

/// A made-up log as it is served: every entry, every tile, and a checkpoint of any size it has had.
struct ServedLog {
    static let signer = NoteSigner(name: "log.example/evidence", kind: .log, key: .generate())!

    /// Bytes served in place of the right ones; nil in it is a tile not served.
    var replaced: [Tile: [UInt8]?] = [:]
    private(set) var entries: [[UInt8]] = []
    private var frontier = Frontier()
    private var stored: [Tile: [UInt8]] = [:]
    private var heads: [Int: TreeHead] = [0: .empty]

    var key: VerifierKey { ServedLog.signer.verifier }

    /// A log of `size` entries, whose entry at `fork` and all after it are another's.
    init(size: Int, fork: Int? = nil) { self.grow(to: size, fork: fork) }

    /// Appends entries up to `size`; the head is kept of this and every size grown to before.
    mutating func grow(to size: Int, fork: Int? = nil) {
        let new = (self.entries.count..<size).map { index in
            Array("entry \(index)\(index >= fork ?? .max ? " of another log" : "")".utf8)
        }
        self.entries += new
        for content in self.frontier.append(new.map { MerkleTree.leafHash($0) }) {
            self.stored[Tile(content.tile.kind, number: content.tile.number)] = content.bytes
        }
        self.heads[size] = self.frontier.head
    }

    func head(_ size: Int) -> TreeHead { self.heads[size]! }

    /// The checkpoint of a size it was grown to, or of another head, signed by `signer`.
    func note(_ size: Int, head: TreeHead? = nil, by signer: NoteSigner = ServedLog.signer) -> SignedNote {
        Checkpoint(origin: signer.verifier.name, head: head ?? self.head(size)).signed(by: signer)
    }

    /// What a request for `tile` is answered, nil for not found.
    func read(_ tile: Tile) -> [UInt8]? {
        if let replaced = self.replaced[tile] { return replaced }
        guard case .hashes = tile.kind else {
            let first = Int(tile.number) * 256
            guard first + tile.width <= self.entries.count else { return nil }
            return EntryBundle.encode(self.entries[first..<(first + tile.width)])
        }
        return self.stored[Tile(tile.kind, number: tile.number)].map { Array($0.prefix(tile.width * 32)) }
    }

    func read(_ tiles: [Tile]) -> [Tile: [UInt8]] {
        Dictionary(uniqueKeysWithValues: tiles.compactMap { tile in self.read(tile).map { (tile, $0) } })
    }
}

/// What following a log came to.
struct Followed {
    let position: LogPosition
    /// The indices and bytes of all that was read, in order.
    var entries: [(index: Int64, entry: [UInt8])] = []
    /// The full tiles that were verified on the way.
    var tiles: [TileContent] = []
}

extension ServedLog {
    /// Follows this log from `position` to the checkpoint `note`, as a program would.
    func follow(to note: SignedNote, from position: LogPosition? = nil) throws(LogAlarm) -> Followed {
        try self.follow(to: note, after: position?.head, from: position?.frontier ?? Frontier())
    }

    func follow(to note: SignedNote, after seen: TreeHead?, from frontier: Frontier) throws(LogAlarm) -> Followed {
        let claim = try LogClaim(note, of: self.key, after: seen)
        var advance = try claim.advance(from: frontier, tiles: self.read(claim.tiles))
        var entries: [(Int64, [UInt8])] = []
        var tiles: [TileContent] = []
        for step in advance.steps {
            let part = try advance.take(step, self.read(step.tiles))
            entries += part.entries.enumerated().map { (part.start + Int64($0.offset), $0.element) }
            tiles += part.hashes
        }
        return Followed(position: try advance.finish(), entries: entries, tiles: tiles)
    }
}
