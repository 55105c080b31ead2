import Testing
import Transparency

@Test(arguments: [
    (Tile(.hashes(level: 0), number: 0), "tile/0/000"),
    (Tile(.hashes(level: 0), number: 273, width: 112), "tile/0/273.p/112"),
    (Tile(.hashes(level: 1), number: 1_234_067), "tile/1/x001/x234/067"),
    (Tile(.hashes(level: 7), number: 999, width: 1), "tile/7/999.p/1"),
    (Tile(.hashes(level: 0), number: 1000, width: 255), "tile/0/x001/000.p/255"),
    (Tile(.entries, number: 0, width: 5), "tile/entries/000.p/5"),
    (Tile(.entries, number: 1_000_000), "tile/entries/x001/x000/000"),
    (Tile(.hashes(level: 0), number: .max), "tile/0/x009/x223/x372/x036/x854/x775/807"),
])
func `a tile has one path`(tile: Tile, path: String) {
    #expect(tile.path == path)
    #expect(Tile(path: path) == tile)
}

@Test(arguments: [
    "", "tile", "tile/0", "tile/0/", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/0/000/", "/tile/0/000", "tile//000",
    "tile/00/000", "tile/01/000", "tile/8/000", "tile/64/000", "tile/-1/000", "tile/+1/000", "tile/x/000",
    "tile/data/000", "tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01",
    "tile/0/000.p/1/", "tile/0/000.p/-1", "tile/0/000.p/1.p/1", "tile/0/.p/1", "tile/0/x000/000", "tile/0/x001",
    "tile/0/001/000", "tile/0/x001/x000", "tile/0/X001/000", "tile/0/x1/000", "tile/0/x001//000", "tile/0/1e3",
    "tile/0/٠٠٠", "tile/0/x009/x223/x372/x036/x854/x775/808", "tile/0/x001/x000/x000/x000/x000/x000/x000/000",
    "Tile/0/000", "tile/0/000 ", "tile/0/000\n", "tile/entries", "tile/entries/", "tile/0/../0/000",
    "tile/0/00\u{301}0",
])
func `any other path is none`(path: String) {
    #expect(Tile(path: path) == nil)
}

@Test func `the tiles of a log are as wide as its size makes them`() {
    let widths = { (size: Int64) in
        (0...2).map { level in
            (Int64(0)...1).map { Tile.at(.hashes(level: level), number: $0, size: size)?.width }
        }
    }
    #expect(widths(0) == [[nil, nil], [nil, nil], [nil, nil]])
    #expect(widths(1) == [[1, nil], [nil, nil], [nil, nil]])
    #expect(widths(256) == [[256, nil], [1, nil], [nil, nil]])
    #expect(widths(257) == [[256, 1], [1, nil], [nil, nil]])
    #expect(widths(65_536) == [[256, 256], [256, nil], [1, nil]])
    #expect(Tile.at(.entries, number: 273, size: 70_000)?.width == 112)
    #expect(Tile.at(.entries, number: 274, size: 70_000) == nil)
    #expect(Tile.at(.entries, number: -1, size: 70_000) == nil)
    #expect(Tile.at(.entries, number: .max, size: .max) == nil)
}

@Test func `a bundle gives back its entries and no other bytes do`() throws {
    let entries: [[UInt8]] = [Array("one".utf8), [], [UInt8](repeating: 7, count: 65_535)]
    let bytes = EntryBundle.encode(entries)
    #expect(bytes.prefix(7) == [0, 3, 0x6F, 0x6E, 0x65, 0, 0])
    #expect(try EntryBundle.decode(bytes) == entries)
    #expect(try EntryBundle.decode([]).isEmpty)
    #expect(throws: EntryBundleError.truncated) { try EntryBundle.decode(bytes.dropLast()) }
    for count in [1, 3, 4, 6, 8] {
        #expect(throws: EntryBundleError.truncated) { try EntryBundle.decode(bytes.prefix(count)) }
    }
    let full = EntryBundle.encode([[UInt8]](repeating: [1], count: 256))
    #expect(try EntryBundle.decode(full).count == 256)
    #expect(throws: EntryBundleError.tooMany) { try EntryBundle.decode(full + [0, 1, 1]) }
}
