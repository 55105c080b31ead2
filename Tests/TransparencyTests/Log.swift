import Crypto
import Transparency

/// A log of made-up entries kept as a store would: full tiles for ever, growing ones as they stand.
struct Log {
    private(set) var leaves: [Digest] = []
    private(set) var frontier = Frontier()
    private var stored: [Tile: [UInt8]] = [:]

    /// A log of `size` entries, appended `batch` at a time.
    init(size: Int, batch: Int = 256) {
        while self.leaves.count < size { self.append(min(batch, size - self.leaves.count)) }
    }

    mutating func append(_ count: Int) {
        let new = (0..<count).map { MerkleTree.leafHash("entry \(self.leaves.count + $0)".utf8) }
        self.leaves += new
        for content in self.frontier.append(new) {
            self.stored[Tile(content.tile.kind, number: content.tile.number)] = content.bytes
        }
    }

    var head: TreeHead { self.frontier.head }

    /// The tiles asked for; one that has grown since is given whole, as a prefix is what counts.
    func read(_ tiles: [Tile]) -> [Tile: [UInt8]] {
        Dictionary(
            uniqueKeysWithValues: tiles.compactMap { tile in
                self.stored[Tile(tile.kind, number: tile.number)].map { (tile, $0) }
            })
    }

    func inclusion(of index: Int64, in size: Int64) throws -> [Digest] {
        let plan = try ProofPlan.inclusion(of: index, in: size)
        return try plan.hashes(from: self.read(plan.tiles))
    }

    func consistency(from older: Int64, to size: Int64) throws -> [Digest] {
        let plan = try ProofPlan.consistency(from: older, to: size)
        return try plan.hashes(from: self.read(plan.tiles))
    }
}

/// The definitions of RFC 9162, sections 2.1.3.1 and 2.1.4.1, word for word.
enum Definition {
    static func split(_ count: Int) -> Int {
        var split = 1
        while split * 2 < count { split *= 2 }
        return split
    }

    static func root(_ leaves: ArraySlice<Digest>) -> Digest {
        guard leaves.count > 1 else { return leaves.first ?? SHA256.hash([]) }
        let middle = leaves.startIndex + self.split(leaves.count)
        return SHA256.hash([1] + self.root(leaves[..<middle]).bytes + self.root(leaves[middle...]).bytes)
    }

    static func path(_ index: Int, _ leaves: ArraySlice<Digest>) -> [Digest] {
        guard leaves.count > 1 else { return [] }
        let left = self.split(leaves.count)
        let middle = leaves.startIndex + left
        return index < left
            ? self.path(index, leaves[..<middle]) + [self.root(leaves[middle...])]
            : self.path(index - left, leaves[middle...]) + [self.root(leaves[..<middle])]
    }

    static func subproof(_ older: Int, _ leaves: ArraySlice<Digest>, isWhole: Bool = true) -> [Digest] {
        guard older < leaves.count else { return isWhole ? [] : [self.root(leaves)] }
        let left = self.split(leaves.count)
        let middle = leaves.startIndex + left
        return older <= left
            ? self.subproof(older, leaves[..<middle], isWhole: isWhole) + [self.root(leaves[middle...])]
            : self.subproof(older - left, leaves[middle...], isWhole: false) + [self.root(leaves[..<middle])]
    }
}
