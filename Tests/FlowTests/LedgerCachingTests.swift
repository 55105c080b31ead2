import CanonicalJSON
import Foundation
import HTTP
import Service
import TestSupport
import Testing
import Transparency

@Suite struct LedgerCachingTests {
    @Test func `no tile is read from the database twice before it has grown, whoever asks for it`() async throws {
        try await RunningService.withLog(of: 600) { reader in
            func misses() async throws -> Int64 { try await reader.metric("standing_tile_cache_misses_total") }
            let first = try await reader.get("/evidence/tile/0/000")
            let bundle = try await reader.get("/evidence/tile/entries/001")
            #expect(first.body.count == 8_192)
            // The proof needs the right edge of the tree too: 88 leaves, and the roots of the two full tiles.
            let edge = try await reader.get("/v1/ledger/proof/inclusion?index=5")
            #expect(edge.status == 200)
            let before = try await misses()
            let hits = try await reader.metric("standing_tile_cache_hits_total")
            #expect(before == 4)
            for _ in 0..<2 {
                let again = try await reader.get("/evidence/tile/0/000")
                #expect(again.body == first.body)
                let part = try await reader.get("/evidence/tile/0/000.p/17")
                #expect(part.body == Array(first.body.prefix(17 * 32)))
                let entries = try await reader.get("/evidence/tile/entries/001.p/3")
                #expect(try EntryBundle.decode(entries.body) == Array(EntryBundle.decode(bundle.body).prefix(3)))
                let proof = try await reader.get("/v1/ledger/proof/inclusion?index=5")
                #expect(proof.status == 200)
            }
            #expect(try await misses() == before)
            #expect(try await reader.metric("standing_tile_cache_hits_total") >= hits + 8)
            let bytes = try await reader.metric("standing_tile_cache_bytes")
            // With the roots over 256, 88 and 2 hashes: 128 + 64 + …, 44 + 22 + 11 + 5 + 2 + 1, and 1.
            #expect(bytes == Int64(bundle.body.count + (256 + 255 + 88 + 85 + 2 + 1) * 32))
            let growing = try await reader.get("/evidence/tile/0/002.p/88")
            #expect(growing.body.count == 88 * 32)
            #expect(try await misses() == before)
            // Once it has grown it is read again, and never after it is full.
            try await reader.service.record(600..<768)
            for _ in 0..<3 {
                let full = try await reader.get("/evidence/tile/0/002")
                #expect(Array(full.body.prefix(88 * 32)) == growing.body)
                #expect(full.body.count == 8_192)
            }
            #expect(try await misses() == before + 1)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `after a start the full tiles are read in before anybody asks, and no more than those`() async throws {
        let choices = RunningService.Choices(publicURL: "http://ledger.example")
        try await withDatabaseURL { url in
            try await RunningService.with(choices, database: url) { try await $0.record(0..<600) }
            try await RunningService.with(choices, database: url) { service in
                let tiles = service.background.tiles
                // Two tiles of 256 hashes with the roots over them; the third still grows, and so does the one above.
                while tiles.counts.bytes < 2 * (256 + 255) * 32 { try await Task.sleep(for: .milliseconds(10)) }
                let proof = try await LedgerReader(service: service).get("/v1/ledger/proof/inclusion?index=300")
                #expect(proof.status == 200)
                #expect(tiles.counts.bytes == (2 * (256 + 255) + (88 + 85) + (2 + 1)) * 32)
                #expect(tiles.counts.misses == 2 && tiles.counts.hits == 1)
            }
        }
        try FileManager.default.removeItem(at: choices.directory)
    }

    @Test func `what never changes says so, what does has a tag`() async throws {
        try await RunningService.withLog(of: 300) { reader in
            for path in [
                "/evidence/tile/0/000", "/evidence/tile/0/000.p/9", "/evidence/tile/0/001.p/44",
                "/evidence/tile/entries/000", "/evidence/tile/entries/001.p/44",
                "/v1/ledger/proof/inclusion?index=7&size=300", "/v1/ledger/proof/consistency?from=7&to=299",
            ] {
                let answer = try await reader.get(path)
                #expect(answer.status == 200, "\(path)")
                #expect(answer.headers["Cache-Control"] == "public, max-age=31536000, immutable", "\(path)")
            }
            var tags: [String: String] = [:]
            let changing = [
                "/evidence/checkpoint", "/v1/ledger/entries/7", "/v1/ledger/entries/7.tlog-proof",
                "/v1/ledger/entries/7.receipt", "/v1/ledger/proof/inclusion?index=7",
                "/v1/ledger/proof/consistency?from=7", "/v1/ledger/proof/consistency.receipt?from=7",
            ]
            for path in changing {
                let answer = try await reader.get(path)
                #expect(answer.headers["Cache-Control"] == "no-cache", "\(path)")
                let tag = try #require(answer.headers["ETag"], "\(path)")
                tags[path] = tag
                for sent in [tag, "\"other\", \(tag)", String(tag.dropFirst(2)), "*"] {
                    let same = try await reader.get(path, ifNoneMatch: sent)
                    #expect(same.status == 304 && same.body.isEmpty, "\(path)")
                    #expect(same.headers["ETag"] == tag)
                }
                let other = try await reader.get(path, ifNoneMatch: "W/\"other\"")
                #expect(other.status == 200, "\(path)")
            }
            try await reader.service.record(300..<301)
            for path in changing {
                let answer = try await reader.get(path, ifNoneMatch: tags[path])
                #expect(answer.status == 200, "\(path) changed with the log")
            }
        }
    }

    @Test func `a problem is kept by nobody`() async throws {
        try await RunningService.withLog(of: 1) { reader in
            for path in ["/evidence/tile/0/000", "/v1/ledger/entries/1", "/v1/ledger/proof/inclusion?index=1&size=1"] {
                let answer = try await reader.get(path)
                #expect(answer.headers["Cache-Control"] == "no-store")
            }
        }
    }
}

@Suite struct TileCacheTests {
    private func tile(_ number: Int64, width: Int = 3) -> Tile { Tile(.hashes(level: 0), number: number, width: width) }
    private func bytes(_ number: Int64, count: Int = 96) -> [UInt8] { [UInt8](repeating: UInt8(number), count: count) }
    private func content(_ number: Int64, count: Int = 96) -> TileBytes {
        TileBytes(self.bytes(number, count: count))
    }

    @Test func `it keeps what fits and drops what was not used`() {
        let cache = TileCache(limit: 960)
        for number in 0..<10 as Range<Int64> { cache.keep(self.content(number), as: self.tile(number)) }
        #expect(cache.counts.misses == 10 && cache.counts.bytes == 960)
        for number in 0..<10 as Range<Int64> where number != 3 && number != 7 {
            #expect(cache.content(of: self.tile(number))?.bytes == self.bytes(number))
        }
        for number in 10..<12 as Range<Int64> { cache.keep(self.content(number), as: self.tile(number)) }
        #expect(cache.counts.bytes == 960)
        let kept = (0..<12 as Range<Int64>).filter { cache.content(of: self.tile($0)) != nil }
        #expect(kept == [0, 1, 2, 4, 5, 6, 8, 9, 10, 11])
    }

    @Test func `it never holds more than its limit, whatever the sizes and the order`() {
        let cache = TileCache(limit: 5_000)
        for step in 0..<5_000 as Range<Int64> {
            let number = step * step % 61
            let content = self.content(number, count: 32 + Int(number) * 9)
            if let kept = cache.content(of: self.tile(number, width: 1)) {
                #expect(kept.bytes == content.bytes)
            } else {
                cache.keep(content, as: self.tile(number, width: 1))
            }
            #expect(cache.counts.bytes <= 5_000)
        }
        #expect(cache.counts.hits > 0)
        #expect(cache.counts.hits + cache.counts.misses == 5_000)
    }

    @Test func `what is larger than the whole cache is not kept, and nothing goes for it`() {
        let cache = TileCache(limit: 150)
        cache.keep(self.content(1), as: self.tile(1))
        cache.keep(TileBytes([UInt8](repeating: 2, count: 151)), as: self.tile(2))
        #expect(cache.content(of: self.tile(2)) == nil)
        #expect(cache.content(of: self.tile(1))?.bytes == self.bytes(1))
    }

    @Test func `a tile that still grows serves the trees that need no more of it`() {
        let cache = TileCache(limit: 200)
        cache.keep(self.content(7), as: self.tile(7))
        #expect(cache.content(of: self.tile(7, width: 2))?.bytes == self.bytes(7))
        #expect(cache.content(of: self.tile(7, width: 4)) == nil)
        cache.keep(self.content(8, count: 64), as: self.tile(8))
        cache.keep(self.content(7, count: 160), as: self.tile(7))
        #expect(cache.content(of: self.tile(7, width: 5))?.bytes == self.bytes(7, count: 160))
        #expect(cache.counts.bytes == 160, "the other had to make room")
        cache.keep(self.content(7, count: 64), as: self.tile(7))
        #expect(
            cache.content(of: self.tile(7, width: 5)) != nil, "what came late from an earlier reading changes nothing")
    }

    @Test func `roots take room, and stay with the tile they are of`() throws {
        let cache = TileCache(limit: 400)
        let bare = self.content(7, count: 128)
        cache.keep(bare, as: self.tile(7, width: 4))
        #expect(cache.content(of: self.tile(7))?.hasRoots == false)
        cache.keep(rootsIn: TileBytes(rootsOver: bare.bytes), as: self.tile(7, width: 4))
        #expect(cache.content(of: self.tile(7))?.hasRoots == true)
        #expect(cache.counts.bytes == 128 + 96 && cache.counts.misses == 1)
        cache.keep(bare, as: self.tile(7, width: 4))
        #expect(cache.content(of: self.tile(7))?.hasRoots == true, "read once more by somebody who came late")
        cache.keep(self.content(7, count: 160), as: self.tile(7, width: 5))
        #expect(cache.content(of: self.tile(7))?.hasRoots == false && cache.counts.bytes == 160)
        cache.keep(rootsIn: TileBytes(rootsOver: bare.bytes), as: self.tile(7, width: 4))
        #expect(cache.content(of: self.tile(7, width: 5)) != nil, "what has grown does not shrink")
        cache.keep(rootsIn: TileBytes(rootsOver: self.bytes(8, count: 256)), as: self.tile(8, width: 8))
        #expect(cache.content(of: self.tile(8)) == nil, "256 and 224 are more than the limit")
    }

    @Test func `what nobody asked for takes what room there is, and nobody's place`() {
        let cache = TileCache(limit: 250)
        cache.keep(self.content(1), as: self.tile(1))
        #expect(cache.add(self.content(2), as: self.tile(2)))
        #expect(cache.add(self.content(2), as: self.tile(2)), "it is there already")
        #expect(!cache.add(self.content(3), as: self.tile(3)))
        #expect((1...3 as ClosedRange<Int64>).map { cache.content(of: self.tile($0)) != nil } == [true, true, false])
        #expect(cache.counts.misses == 1, "nobody missed what was read ahead")
    }

    @Test func `a part of a kept tile is cut from it, and bundles are not tiles of hashes`() {
        let cache = TileCache()
        let entries = (0..<256).map { [UInt8](repeating: UInt8($0), count: $0) }
        cache.keep(TileBytes(EntryBundle.encode(entries)), as: Tile(.entries, number: 4))
        #expect(cache.served(Tile(.entries, number: 4, width: 3)) == EntryBundle.encode(entries.prefix(3)))
        #expect(cache.served(Tile(.entries, number: 4)) == EntryBundle.encode(entries))
        #expect(cache.served(Tile(.entries, number: 5, width: 3)) == nil)
        #expect(cache.served(self.tile(4)) == nil)
    }
}
