import Crypto
import Testing
import Transparency

private let sizes = [0, 1, 2, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 66_000]

/// Of 66,000 entries, with the checkpoints of `sizes`.
private let grown = {
    var log = ServedLog(size: 0)
    for size in sizes { log.grow(to: size) }
    return log
}()

/// Signed by the same key, and as large, but another from `fork` on.
private func forked(at fork: Int, sizes: [Int]) -> ServedLog {
    var log = ServedLog(size: 0)
    for size in sizes { log.grow(to: size, fork: fork) }
    return log
}

struct LogFollowerTests {
    @Test func `a log is followed through every size it grows to`() throws {
        var position: LogPosition?
        var read = 0
        for size in sizes {
            let followed = try grown.follow(to: grown.note(size), from: position)
            #expect(followed.position.head == grown.head(size))
            #expect(followed.position.note == grown.note(size))
            let start = read & ~255
            #expect(followed.entries.map(\.index) == (read == size ? [] : (start..<size).map(Int64.init)))
            #expect(followed.entries.map(\.entry) == (read == size ? [] : Array(grown.entries[start..<size])))
            (position, read) = (followed.position, size)
        }
    }

    @Test(arguments: sizes) func `a log is followed from its beginning at once`(size: Int) throws {
        let followed = try grown.follow(to: grown.note(size))
        #expect(followed.position.head == grown.head(size))
        #expect(followed.entries.map(\.entry) == Array(grown.entries[..<size]))
        let full = (0...2).flatMap { level in
            (0..<Int64(size >> (8 * level + 8))).map { Tile(.hashes(level: level), number: $0) }
        }
        #expect(Set(followed.tiles.map(\.tile)) == Set(full))
        #expect(followed.tiles.count == full.count)
        #expect(followed.tiles.allSatisfy { grown.read($0.tile) == $0.bytes })
    }

    @Test(arguments: sizes) func `a position is restored from its note and tiles, and from no others`(size: Int) throws
    {
        let position = try grown.follow(to: grown.note(size)).position
        let kept = Dictionary(uniqueKeysWithValues: position.frontier.growingTiles.map { ($0.tile, $0.bytes) })
        let restored = try LogPosition(key: grown.key, note: position.note, tiles: kept)
        #expect(restored.head == position.head)
        let next = try #require(sizes.first { $0 > size } ?? sizes.last)
        #expect(try grown.follow(to: grown.note(next), from: restored).position.head == grown.head(next))
        for (tile, bytes) in kept {
            var other = kept
            other[tile] = nil
            #expect(throws: LogAlarm.withheld(tile)) {
                try LogPosition(key: grown.key, note: position.note, tiles: other)
            }
            other[tile] = [bytes[0] ^ 1] + bytes.dropFirst()
            #expect(throws: LogAlarm.wrongEdge(position.head)) {
                try LogPosition(key: grown.key, note: position.note, tiles: other)
            }
            other[tile] = bytes.dropLast()
            #expect(throws: LogAlarm.wrongTile(tile)) {
                try LogPosition(key: grown.key, note: position.note, tiles: other)
            }
        }
    }

    @Test(arguments: [0, 1, 100, 254, 255, 256, 257, 300, 511, 512, 599])
    func `a fork at any entry seen before is not a continuation`(fork: Int) throws {
        let seen = [1, 100, 255, 256, 257, 512, 600]
        let (honest, other) = (forked(at: .max, sizes: seen + [1000]), forked(at: fork, sizes: seen + [1000]))
        for size in seen {
            let position = try honest.follow(to: honest.note(size)).position
            guard fork < size else {
                #expect(try other.follow(to: other.note(1000), from: position).position.head == other.head(1000))
                continue
            }
            #expect(throws: LogAlarm.notContinued(from: honest.head(size), to: other.head(1000))) {
                try other.follow(to: other.note(1000), from: position)
            }
            #expect(throws: LogAlarm.split(honest.head(size), other.head(size))) {
                try other.follow(to: other.note(size), from: position)
            }
        }
    }

    @Test func `a tree at or under the size seen is the same tree or an alarm`() throws {
        let position = try grown.follow(to: grown.note(513)).position
        for size in sizes.prefix(while: { $0 < 513 }) {
            #expect(throws: LogAlarm.rewound(from: grown.head(513), to: grown.head(size))) {
                try grown.follow(to: grown.note(size), from: position)
            }
        }
        #expect(try grown.follow(to: grown.note(513), from: position).entries.isEmpty)
    }

    @Test func `a checkpoint that the log's key did not sign is refused`() throws {
        let other = try #require(NoteSigner(name: "log.example/evidence", kind: .log, key: .generate()))
        let elsewhere = try #require(NoteSigner(name: "other.example/evidence", kind: .log, key: .generate()))
        for signer in [other, elsewhere] {
            #expect(throws: LogAlarm.badCheckpoint(.note(.unsigned))) {
                try grown.follow(to: grown.note(257, by: signer))
            }
        }
        var forged = try SignedNote(text: grown.note(257).text)
        forged.add(grown.note(256).signatures[0])
        #expect(throws: LogAlarm.badCheckpoint(.note(.wrongSignature("log.example/evidence")))) {
            try grown.follow(to: forged)
        }
    }

    /// From 300 entries on, the log of 66,000 is read through these.
    private static let needed: [Tile] = {
        let claim = try? LogClaim(grown.note(66_000), of: grown.key, after: grown.head(257))
        var frontier = Frontier()
        _ = frontier.append(grown.entries[..<257].map { MerkleTree.leafHash($0) })
        let advance = try? claim?.advance(from: frontier, tiles: grown.read(claim?.tiles ?? []))
        let steps = advance.map { Array($0.steps) } ?? []
        let some = [steps.first, steps.dropFirst(100).first, steps.dropFirst(255).first, steps.last]
        return (claim?.tiles ?? []) + some.compactMap { $0 }.flatMap(\.tiles)
    }()

    @Test func `following reads the edge, the proof, and every bundle with its tile`() {
        let names = Set(Self.needed.map(\.path))
        #expect(names.isSuperset(of: ["tile/0/257.p/208", "tile/1/001.p/1", "tile/2/000.p/1", "tile/0/001"]))
        #expect(names.isSuperset(of: ["tile/entries/001", "tile/0/001", "tile/1/000", "tile/entries/257.p/208"]))
    }

    @Test(arguments: LogFollowerTests.needed)
    func `a byte flipped, a tile cut short and one not served are alarms`(tile: Tile) throws {
        let position = try grown.follow(to: grown.note(257)).position
        let bytes = try #require(grown.read(tile))
        let width = min(bytes.count, tile.width * 32)
        for place in [0, width - 1] {
            var log = grown
            var changed = bytes
            changed[place] ^= 1
            log.replaced[tile] = changed
            #expect(throws: LogAlarm.self) { try log.follow(to: log.note(66_000), from: position) }
        }
        for wrong in [[], Array(bytes.dropLast())] {
            var log = grown
            log.replaced[tile] = wrong
            #expect(throws: LogAlarm.self) { try log.follow(to: log.note(66_000), from: position) }
        }
        var log = grown
        log.replaced[tile] = .some(nil)
        #expect(throws: LogAlarm.withheld(tile)) { try log.follow(to: log.note(66_000), from: position) }
    }

    @Test func `the alarm names the tile or bundle that is wrong`() throws {
        let position = try grown.follow(to: grown.note(512)).position
        let cases: [(Tile, LogAlarm)] = [
            (Tile(.hashes(level: 0), number: 77), .wrongTile(Tile(.hashes(level: 0), number: 77))),
            (Tile(.hashes(level: 1), number: 0), .wrongTile(Tile(.hashes(level: 1), number: 0))),
            (Tile(.hashes(level: 2), number: 0, width: 1), .wrongEdge(grown.head(66_000))),
            (Tile(.entries, number: 77), .wrongEntries(Tile(.entries, number: 77))),
        ]
        for (tile, alarm) in cases {
            var log = grown
            var bytes = try #require(grown.read(tile))
            bytes[bytes.count / 2] ^= 0x40
            log.replaced[tile] = bytes
            // The proof from 512 on needs tile 1/000 too, and is what fails first.
            let expected =
                tile.path == "tile/1/000" ? .notContinued(from: grown.head(512), to: grown.head(66_000)) : alarm
            #expect(throws: expected) { try log.follow(to: log.note(66_000), from: position) }
            #expect(throws: alarm) { try log.follow(to: log.note(66_000)) }
        }
    }

    @Test func `entries and hashes that agree with each other but not with the root are an alarm`() throws {
        let other = forked(at: 5_000, sizes: [66_000])
        var log = grown
        for tile in [Tile(.entries, number: 19), Tile(.hashes(level: 0), number: 19)] {
            log.replaced[tile] = other.read(tile)
        }
        #expect(throws: LogAlarm.wrongTile(Tile(.hashes(level: 0), number: 19))) {
            try log.follow(to: log.note(66_000))
        }
    }

    @Test(arguments: [1, 255, 256, 257, 600])
    func `what was read before has to be of the tree that is signed`(size: Int) throws {
        let other = forked(at: 0, sizes: [size])
        let frontier = try other.follow(to: other.note(size)).position.frontier
        #expect(throws: LogAlarm.self) {
            try grown.follow(to: grown.note(66_000), after: nil, from: frontier)
        }
    }

    @Test func `a claim of more entries than can be served is an alarm, not a crash`() throws {
        for size in [66_001, 1 << 40, Int64.max] {
            let head = TreeHead(size: size, root: grown.head(66_000).root)
            #expect(throws: LogAlarm.self) { try grown.follow(to: grown.note(0, head: head)) }
        }
    }
}

struct TreePairTests {
    @Test func `of two checkpoints of one log the larger continues the smaller, whichever came first`() throws {
        for (one, other) in [(0, 66_000), (257, 65_536), (512, 512), (66_000, 255)] {
            let pair = try TreePair(grown.head(one), grown.head(other))
            #expect(pair.older.size == min(one, other).asSize && pair.newer.size == max(one, other).asSize)
            try pair.verify(grown.read(pair.tiles))
        }
    }

    @Test func `two roots at one size are a split, and no tiles join two forks`() throws {
        let other = forked(at: 200, sizes: [100, 256, 512, 65_536])
        for size in [256, 512, 65_536] {
            #expect(throws: LogAlarm.split(grown.head(size), other.head(size))) {
                try TreePair(grown.head(size), other.head(size))
            }
            let pair = try TreePair(other.head(size), grown.head(66_000))
            for log in [grown, other] {
                #expect(throws: LogAlarm.self) { try pair.verify(log.read(pair.tiles)) }
            }
            let reverse = try TreePair(grown.head(255), other.head(size))
            #expect(throws: LogAlarm.notContinued(from: grown.head(255), to: other.head(size))) {
                try reverse.verify(other.read(reverse.tiles))
            }
        }
        let before = try TreePair(other.head(100), grown.head(66_000))
        try before.verify(grown.read(before.tiles))
    }

    @Test func `a tile that is missing or short is named`() throws {
        let pair = try TreePair(grown.head(257), grown.head(66_000))
        let tile = try #require(pair.tiles.first)
        var tiles = grown.read(pair.tiles)
        tiles[tile] = nil
        #expect(throws: LogAlarm.withheld(tile)) { try pair.verify(tiles) }
        tiles[tile] = [1, 2, 3]
        #expect(throws: LogAlarm.wrongTile(tile)) { try pair.verify(tiles) }
    }
}

extension Int {
    fileprivate var asSize: Int64 { Int64(self) }
}
