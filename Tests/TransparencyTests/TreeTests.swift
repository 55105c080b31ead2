import Crypto
import Testing
import Transparency

private let sizes = [0, 1, 2, 3, 255, 256, 257, 65_535, 65_536, 65_537, 70_000]
private let large = Log(size: 70_000)

@Test func `the empty tree and three leaves have the published hashes`() throws {
    #expect(MerkleTree.emptyRoot.base64 == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
    let leaves = ["a", "b", "c"].map { MerkleTree.leafHash($0.utf8) }
    let head = TreeHead(size: 3, root: MerkleTree.root(of: leaves))
    #expect(head.root.base64 == "NmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsE=")
    var frontier = Frontier()
    _ = frontier.append(leaves)
    #expect(frontier.head == head)
    #expect(leaves[0].hex.hasPrefix("022a6979") && leaves[0].hex.hasSuffix("4f93c"))
    #expect(leaves[2].hex.hasPrefix("597fcb31") && leaves[2].hex.hasSuffix("876d8"))
    try head.verifyInclusion(of: leaves[1], at: 1, proof: [leaves[0], leaves[2]])
    let two = TreeHead(size: 2, root: MerkleTree.root(of: leaves.prefix(2)))
    try head.verifyConsistency(with: two, proof: [leaves[2]])
}

@Test func `appending gives the root the definition gives, at every size`() {
    var frontier = Frontier()
    for size in 0...600 {
        #expect(frontier.root == Definition.root(large.leaves.prefix(size)))
        _ = frontier.append([large.leaves[size]])
    }
}

@Test(arguments: sizes) func `appending in batches of any size gives the same tiles and root`(size: Int) {
    let expected = Definition.root(large.leaves.prefix(size))
    #expect(MerkleTree.root(of: large.leaves.prefix(size)) == expected)
    let tiles = (0...2).flatMap { level in
        (Int64(0)...Int64(size >> (8 * level + 8))).compactMap {
            Tile.at(.hashes(level: level), number: $0, size: Int64(size))
        }
    }
    let reference = large.read(tiles)
    for batch in [1000, 256, 97] {
        let log = Log(size: size, batch: batch)
        #expect(log.head == TreeHead(size: Int64(size), root: expected))
        let stored = log.read(tiles)
        for tile in tiles {
            #expect(stored[tile]?.count == tile.width * 32)
            #expect(stored[tile] == reference[tile].map { Array($0.prefix(tile.width * 32)) })
        }
    }
}

@Test func `a tile holds the roots over its subtrees`() throws {
    let tile = try #require(Tile.at(.hashes(level: 1), number: 0, size: 70_000))
    let hashes = try #require(large.read([tile])[tile])
    #expect(tile.isFull)
    for position in [0, 1, 100, 255] {
        let subtree = large.leaves[(position * 256)..<((position + 1) * 256)]
        #expect(Array(hashes[(position * 32)..<((position + 1) * 32)]) == Definition.root(subtree).bytes)
    }
}

@Test(arguments: sizes) func `an edge restored from its tiles continues as if never put away`(size: Int) throws {
    let log = Log(size: size)
    var restored = try Frontier(head: log.head, tiles: log.read(Frontier.growingTiles(size: Int64(size))))
    var continued = log.frontier
    let more = large.leaves.prefix(700)
    #expect(restored.append(more) == continued.append(more))
    #expect(restored.head == continued.head)
}

@Test func `an edge is not restored from tiles that are missing, short or another log's`() throws {
    let tiles = Frontier.growingTiles(size: 70_000)
    #expect(tiles.map(\.path) == ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"])
    let stored = large.read(tiles)
    for tile in tiles {
        var damaged = stored
        damaged[tile] = nil
        #expect(throws: TileError.missing(tile)) { try Frontier(head: large.head, tiles: damaged) }
        damaged[tile] = stored[tile]?.dropLast()
        #expect(throws: TileError.short(tile)) { try Frontier(head: large.head, tiles: damaged) }
        damaged[tile] = stored[tile].map { [$0[0] ^ 1] + $0.dropFirst() }
        #expect(throws: TileError.wrongRoot) { try Frontier(head: large.head, tiles: damaged) }
    }
}

@Test func `proofs are the ones the definition gives`() throws {
    for size in 1...130 {
        let leaves = large.leaves.prefix(size)
        for index in 0..<size {
            #expect(try large.inclusion(of: Int64(index), in: Int64(size)) == Definition.path(index, leaves))
        }
        for older in 1...size {
            #expect(try large.consistency(from: Int64(older), to: Int64(size)) == Definition.subproof(older, leaves))
        }
    }
}

@Test(arguments: sizes.dropFirst()) func `every entry proves to be in the tree, and nowhere else`(size: Int) throws {
    let head = TreeHead(size: Int64(size), root: MerkleTree.root(of: large.leaves.prefix(size)))
    let step = max(1, size / 150)
    let indices = Set(stride(from: 0, to: size, by: step)).union([0, size / 2, size - 1])
    for index in indices.map(Int64.init) {
        let leaf = large.leaves[Int(index)]
        let proof = try large.inclusion(of: index, in: head.size)
        try head.verifyInclusion(of: leaf, at: index, proof: proof)
        #expect(throws: ProofError.wrongRoot) {
            try head.verifyInclusion(of: MerkleTree.leafHash("other".utf8), at: index, proof: proof)
        }
        #expect(throws: ProofError.wrongLength) {
            try head.verifyInclusion(of: leaf, at: index, proof: proof + [leaf])
        }
        if size > 1 {
            #expect(throws: ProofError.self) { try head.verifyInclusion(of: leaf, at: index ^ 1, proof: proof) }
            #expect(throws: ProofError.wrongLength) {
                try head.verifyInclusion(of: leaf, at: index, proof: proof.dropLast())
            }
        }
    }
}

@Test(arguments: sizes) func `every older tree proves to be a prefix, and no other`(size: Int) throws {
    let head = TreeHead(size: Int64(size), root: MerkleTree.root(of: large.leaves.prefix(size)))
    for older in sizes + [7, 64, 300, 4096, 40_000] where older <= size {
        let olderHead = TreeHead(size: Int64(older), root: MerkleTree.root(of: large.leaves.prefix(older)))
        let proof = try large.consistency(from: olderHead.size, to: head.size)
        try head.verifyConsistency(with: olderHead, proof: proof)
        let forged = TreeHead(size: olderHead.size, root: MerkleTree.leafHash("other".utf8))
        #expect(throws: ProofError.wrongRoot) { try head.verifyConsistency(with: forged, proof: proof) }
        #expect(throws: ProofError.wrongLength) {
            try head.verifyConsistency(with: olderHead, proof: proof + [head.root])
        }
        for position in proof.indices {
            var changed = proof
            changed[position] = MerkleTree.leafHash("other".utf8)
            #expect(throws: ProofError.wrongRoot) { try head.verifyConsistency(with: olderHead, proof: changed) }
            #expect(throws: ProofError.self) {
                try head.verifyConsistency(with: olderHead, proof: Array(proof[..<position]))
            }
        }
    }
}

@Test func `a forged root of equal size is not consistent, nor is a smaller tree`() {
    let forged = TreeHead(size: large.head.size, root: MerkleTree.emptyRoot)
    #expect(throws: ProofError.wrongRoot) { try large.head.verifyConsistency(with: forged, proof: []) }
    #expect(throws: ProofError.outOfRange) { try TreeHead.empty.verifyConsistency(with: large.head, proof: []) }
    let emptyForged = TreeHead(size: 0, root: large.head.root)
    #expect(throws: ProofError.wrongRoot) { try emptyForged.verifyConsistency(with: .empty, proof: []) }
    #expect(throws: ProofError.wrongRoot) { try emptyForged.verifyConsistency(with: emptyForged, proof: []) }
}

@Test func `a proof of what is not in the tree cannot be asked for`() throws {
    for (index, size) in [(0, 0), (-1, 5), (5, 5), (6, 5)] as [(Int64, Int64)] {
        #expect(throws: ProofError.outOfRange) { try ProofPlan.inclusion(of: index, in: size) }
        #expect(throws: ProofError.outOfRange) {
            try TreeHead(size: size, root: large.head.root).verifyInclusion(of: large.leaves[0], at: index, proof: [])
        }
    }
    #expect(throws: ProofError.outOfRange) { try ProofPlan.consistency(from: 6, to: 5) }
    #expect(throws: ProofError.outOfRange) { try ProofPlan.consistency(from: -1, to: 5) }
    let plan = try ProofPlan.inclusion(of: 12_345, in: 70_000)
    let tile = try #require(plan.tiles.first)
    #expect(throws: TileError.missing(tile)) { try plan.hashes(from: [:]) }
    var short = large.read(plan.tiles)
    short[tile] = Array(repeating: 0, count: tile.width * 32 - 1)
    #expect(throws: TileError.short(tile)) { try plan.hashes(from: short) }
}

@Test func `proofs are the same from tiles that have the roots over their hashes`() throws {
    let log = Log(size: 66_000, batch: 1_000)
    // Sizes below the log's own need less of tiles that have grown since.
    for size in [2, 3, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 66_000] as [Int64] {
        for index in Set([0, 1, 254, 255, 256, size / 2, size - 2, size - 1]) where index < size {
            for plan in [
                try ProofPlan.inclusion(of: index, in: size), try ProofPlan.consistency(from: index + 1, to: size),
            ] {
                let tiles = log.read(plan.tiles)
                let rooted = tiles.mapValues { TileBytes(rootsOver: $0) }
                #expect(try plan.hashes(in: rooted) == plan.hashes(from: tiles), "\(index) in \(size)")
            }
        }
    }
}

@Test func `the roots of a tile take less room than its hashes`() {
    for count in [1, 2, 3, 255, 256] {
        let bytes = [UInt8](repeating: 7, count: 32 * count)
        let content = TileBytes(rootsOver: bytes)
        #expect(content.hasRoots && content.bytes == bytes)
        #expect(content.byteCount < 2 * bytes.count)
        #expect(!TileBytes(bytes).hasRoots && TileBytes(bytes).byteCount == bytes.count)
    }
}

@Test func `a proof in a log of ten million entries reads few tiles`() throws {
    for index in [0, 1_234_567, 9_999_999] as [Int64] {
        let plan = try ProofPlan.inclusion(of: index, in: 10_000_000)
        #expect(plan.tiles.count <= 6)
        #expect(Set(plan.tiles).count == plan.tiles.count)
    }
    #expect(try ProofPlan.inclusion(of: .max - 1, in: .max).tiles.count <= 16)
}
