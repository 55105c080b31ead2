internal import Crypto
internal import Postgres
internal import Store
internal import Transparency

/// A tree grown from leaves: its tiles, and its root at the sizes that somebody signed.
struct GrownTree: Sendable {
    private(set) var tiles: [TilePlace: [UInt8]] = [:]
    private(set) var roots: [Int64: Digest] = [:]
    private var frontier = Frontier()
    private var leaves: [Digest] = []
    private let sizes: Set<Int64>

    init(rootsAt sizes: Set<Int64>) {
        self.sizes = sizes
        self.note()
    }

    var size: Int64 { self.frontier.size + Int64(self.leaves.count) }

    mutating func append(_ leaf: Digest) {
        self.leaves.append(leaf)
        if self.leaves.count == 4_096 || self.sizes.contains(self.size) { self.flush() }
    }

    /// To be called when every leaf was appended.
    mutating func flush() {
        for content in self.frontier.append(self.leaves) {
            let tile = StoredTile(content)
            self.tiles[TilePlace(tile)] = tile.hashes
        }
        self.leaves.removeAll(keepingCapacity: true)
        self.note()
    }

    private mutating func note() {
        if self.sizes.contains(self.frontier.size) { self.roots[self.frontier.size] = self.frontier.root }
    }

    /// Whether it begins with the tree `head`.
    func begins(with head: TreeHead) -> Bool { self.roots[head.size] == head.root }
}

/// The ledger as its rows have it: entries, tiles, head and published checkpoint, and what they turn out to be.
///
/// Entries and tiles say the same thing twice, and a signature says it a third time. So when they differ it can be told
/// which of them is damaged: whichever does not lead to the root that was signed.
struct TreeAudit: Sendable {
    /// What the database says.
    let head: LedgerHead?
    let published: LedgerHead?
    let mark: TreeHead?
    /// What the notes of both are signed for, nil where they are not.
    let signedHead: Checkpoint?
    let signedPublished: Checkpoint?
    /// Every tile as stored.
    let stored: [TilePlace: [UInt8]]
    /// How many entries the ledger has, whatever rows there are.
    let size: Int64
    /// The largest tree within it that is known to have been signed; the head's word where nothing is.
    let anchor: TreeHead
    /// The tree the entries make, cut off at the first gap.
    private(set) var grown: GrownTree
    private(set) var rows: Int64 = 0
    private var missing: [Range<Int64>] = []
    private var differing: [Int64] = []
    private var unindexed: [Int64] = []
    private var next: Int64 = 0
    private static let limit = 1_000

    init(
        head: LedgerHead?, published: LedgerHead?, mark: TreeHead?, stored: [TilePlace: [UInt8]],
        verified: (LedgerHead) -> Checkpoint?
    ) {
        self.head = head
        self.published = published
        self.mark = mark
        self.stored = stored
        self.signedHead = head.flatMap(verified)
        self.signedPublished = published.flatMap(verified)
        let signed = [self.signedHead?.head, self.signedPublished?.head, mark].compactMap(\.self)
        let size = self.signedHead?.head.size ?? head?.size ?? signed.map(\.size).max() ?? 0
        self.size = size
        // The head's own checkpoint comes first among those of one size.
        self.anchor =
            signed.reversed().filter { $0.size <= size }.max { $0.size < $1.size } ?? head.map { TreeHead($0) }
            ?? .empty
        let sizes = signed.map(\.size) + [self.size] + [head?.size, published?.size].compactMap(\.self)
        self.grown = GrownTree(rootsAt: Set(sizes))
    }

    /// Takes in the next row of `entries`.
    mutating func take(_ row: EntryRow) {
        self.rows += 1
        if row.index > self.next { self.missing.append(self.next..<row.index) }
        self.next = row.index + 1
        guard row.index < self.size else { return }
        let text = "{\"c\":\"\(row.commitment)\",\"k\":\"\(row.kind)\",\"v\":\(LedgerEntry.version)}"
        let leaf = MerkleTree.leafHash(text.utf8)
        if self.missing.isEmpty { self.grown.append(leaf) }
        if let hash = self.storedLeaf(row.index), hash != leaf, self.differing.count < Self.limit {
            self.differing.append(row.index)
        }
        if row.leafKey != Int64(bitPattern: leaf.leading), self.unindexed.count < Self.limit {
            self.unindexed.append(row.index)
        }
    }

    /// To be called when every row was taken.
    mutating func finish() {
        if self.next < self.size { self.missing.append(self.next..<self.size) }
        self.grown.flush()
    }

    /// The hash that the tiles have of entry `index`.
    private func storedLeaf(_ index: Int64) -> Digest? {
        guard let tile = self.stored[TilePlace(level: 0, index: index >> 8)] else { return nil }
        let start = Int(index & 255) * Digest.byteCount
        return tile.count >= start + Digest.byteCount ? Digest(tile[start..<(start + Digest.byteCount)]) : nil
    }

    /// Whether the entries are those that were signed.
    var areEntriesSound: Bool { self.missing.isEmpty && self.grown.begins(with: self.anchor) }

    /// The tree that the lowest tiles make.
    private func tiledTree() -> GrownTree {
        var tree = GrownTree(rootsAt: [self.anchor.size, self.size])
        for index in 0..<self.size {
            guard let leaf = self.storedLeaf(index) else { break }
            tree.append(leaf)
        }
        tree.flush()
        return tree
    }
}

extension TreeAudit {
    /// What is wrong with entries and tiles, and with what is said of them.
    func findings() -> [Finding] {
        var report = CheckReport()
        if self.next > self.size {
            report.add(.entry, "entries from \(self.size) on", "are in no checkpoint of this ledger")
        }
        if self.areEntriesSound {
            self.compare(self.grown.tiles, &report)
        } else {
            self.blame(&report)
        }
        for index in self.unindexed { report.add(.leafHash, "entry \(index)", "is not found by its leaf hash") }
        self.checkHead(&report)
        self.checkPublished(&report)
        self.checkPromises(&report)
        return report.problems
    }

    private func compare(_ expected: [TilePlace: [UInt8]], _ report: inout CheckReport) {
        for (place, hashes) in expected.sorted(by: { $0.key < $1.key }) where self.stored[place] != hashes {
            report.add(.tile, "tile \(place)", "does not hold the hashes of its entries")
        }
        for place in self.stored.keys.sorted() where expected[place] == nil {
            report.add(.tile, "tile \(place)", "should not be there")
        }
    }

    /// Says which entries are not what was signed, as the tiles tell, or that the tiles are no better.
    private func blame(_ report: inout CheckReport) {
        let tiled = self.tiledTree()
        for range in self.missing {
            let last = range.upperBound - 1
            report.add(
                .entry, range.count == 1 ? "entry \(last)" : "entries \(range.lowerBound) to \(last)", "are missing")
        }
        if tiled.begins(with: self.anchor) {
            for index in self.differing { report.add(.entry, "entry \(index)", "is not the one that was signed") }
            self.compare(tiled.tiles, &report)
        } else if self.missing.isEmpty {
            report.add(
                .entry, "the ledger", "leads to another root than the one signed for \(self.anchor.size) entries")
            for index in self.differing { report.add(.entry, "entry \(index)", "is not the one its tile has") }
        }
    }

    private func checkHead(_ report: inout CheckReport) {
        guard let head else {
            if self.next > 0 { report.add(.head, "the head", "is missing") }
            return
        }
        guard let signed = self.signedHead else {
            return report.add(
                .head, "the head", "is not signed by this ledger's key, or says something else than its checkpoint")
        }
        if signed.head != TreeHead(head) || signed.origin != head.origin {
            report.add(.head, "the head", "says another size, root or name than its checkpoint")
        }
    }

    private func checkPublished(_ report: inout CheckReport) {
        guard let published else { return }
        guard let signed = self.signedPublished else {
            return report.add(.published, "the published checkpoint", "is not signed by this ledger's key")
        }
        if signed.head != TreeHead(published) || signed.origin != published.origin {
            report.add(.published, "the published checkpoint", "says another size, root or name than was signed")
        }
    }

    /// Every tree that was shown must be the beginning of this one.
    private func checkPromises(_ report: inout CheckReport) {
        let promises = [
            (self.signedPublished?.head, "the published checkpoint"),
            (self.mark, "the checkpoint in the high-water file"),
        ]
        for case (let shown?, let name) in promises {
            if shown.size > self.size {
                report.add(.history, name, "has \(shown.size) entries, and the database has \(self.size)")
            } else if self.areEntriesSound, !self.grown.begins(with: shown) {
                report.add(.history, name, "of \(shown.size) entries is of another history than this one")
            }
        }
    }
}
