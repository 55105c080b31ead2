import Foundation
import TestSupport
import Testing

@testable import Decoding

/// Lines by their text, and what ended the reading.
private func lines(_ path: String) -> (whole: [String], truncated: String?, error: ReadError?) {
    var whole: [String] = []
    var truncated: String?
    do {
        let reader = LineReader(try ByteStream(path: path))
        while let line = try reader.next() {
            let text = String(decoding: line.bytes, as: UTF8.self)
            if line.state == .whole { whole.append(text) } else { truncated = text }
        }
        return (whole, truncated, nil)
    } catch {
        return (whole, truncated, error)
    }
}

private func gzip(_ text: String, in folder: Folder) throws -> [UInt8] {
    let plain = try folder.write(text.utf8, as: "plain")
    try shell("gzip -n -c plain > plain.gz", in: folder.path)
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: plain + ".gz")))
}

private let good = (1...200).map { "line \($0) \(String(repeating: "x", count: $0 % 37))" }
private let goodText = good.joined(separator: "\n") + "\n"

@Test func `plain, gzip and gzip of several members give the same lines`() throws {
    let folder = try Folder()
    let half = good.count / 2
    let parts = [good[..<half], good[half...]].map { $0.joined(separator: "\n") + "\n" }
    let members = try parts.flatMap { try gzip($0, in: folder) }
    let padded = members + [UInt8](repeating: 0, count: 70_000)
    for (name, bytes) in [
        ("a", Array(goodText.utf8)), ("b.gz", try gzip(goodText, in: folder)), ("c.gz", members), ("d", members),
        ("e.gz", padded), ("f", Array(goodText.utf8.dropLast())),
    ] {
        let read = lines(try folder.write(bytes, as: name))
        #expect(read.whole == good, "\(name)")
        #expect(read.truncated == nil)
        #expect(read.error == nil)
    }
}

/// `member` with a file's name of so many bytes in its header (RFC 1952, section 2.3.1).
private func named(_ member: [UInt8], _ length: Int) -> [UInt8] {
    Array(member[..<3]) + [0x08] + member[4..<10] + [UInt8](repeating: UInt8(ascii: "n"), count: length) + [0]
        + member[10...]
}

@Test(arguments: ["gzip -n -c -9", "gzip -n -c -1", "cat"])
func `a member may end anywhere in what is read at once`(making: String) throws {
    let folder = try Folder()
    let first = (1...3_000).map { String(UInt64($0) &* 0x9E37_79B9_7F4A_7C15, radix: 36) }
    let plain = Array((first.joined(separator: "\n") + "\n").utf8)
    var member: [UInt8] = []
    if making == "cat" {
        // Stored, not compressed: one block that is the last, its length and the complement of that.
        let length = UInt16(plain.count)
        let zipped = try gzip(first.joined(separator: "\n") + "\n", in: folder)
        member = zipped[..<10] + [0x01, UInt8(length & 0xFF), UInt8(length >> 8)]
        member += [UInt8(~length & 0xFF), UInt8(~length >> 8)] + plain + zipped.suffix(8)
    } else {
        _ = try folder.write(plain, as: "first")
        try shell("\(making) first > first.gz", in: folder.path)
        member = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.path + "/first.gz")))
    }
    #expect(member.count < 65_000)
    let second = try gzip(goodText, in: folder)
    for distance in -24...24 {
        let whole = named(member, 65_536 + distance - member.count - 1) + second
        let read = lines(try folder.write(whole, as: "chunks.gz"))
        #expect(read.error == nil && read.whole == first + good, "\(distance) bytes from the end of a chunk")
    }
}

@Test func `a file cut anywhere gives the lines before the cut, then says where it was cut`() throws {
    let folder = try Folder()
    let bytes = try gzip(goodText, in: folder)
    for length in 2..<bytes.count {
        let read = lines(try folder.write(bytes[..<length], as: "cut.gz"))
        #expect(read.error?.kind == .cut)
        #expect(read.error?.offset == Int64(length))
        #expect(read.error?.file == "cut.gz")
        #expect(read.whole == Array(good.prefix(read.whole.count)))
        if let truncated = read.truncated { #expect(good[read.whole.count].hasPrefix(truncated)) }
    }
}

@Test func `no flipped bit of a gzip file goes unnoticed in its lines`() throws {
    let folder = try Folder()
    let bytes = try gzip(goodText, in: folder)
    var noticed = 0
    for position in bytes.indices {
        var flipped = bytes
        flipped[position] ^= 1 << UInt8(position % 8)
        let read = lines(try folder.write(flipped, as: "flipped.gz"))
        if read.error != nil { noticed += 1 } else { #expect(read.whole == good, "byte \(position)") }
    }
    // Only the header has bytes that mean nothing here: time, flags, system.
    #expect(noticed >= bytes.count - 10)
}

@Test(arguments: [
    (Array("no gzip at all".utf8), ReadError.Kind.badHeader), ([], .badHeader),
    ([0x1F, 0x8B, 0x09, 0, 0, 0, 0, 0, 0, 3, 0x4B], .badHeader),
])
func `what only has the name of gzip is refused`(bytes: [UInt8], kind: ReadError.Kind) throws {
    let folder = try Folder()
    let read = lines(try folder.write(bytes, as: "archive.gz"))
    #expect(read.error?.kind == kind)
    #expect(read.whole.isEmpty)
}

@Test func `something after the compressed data is an error, after the lines`() throws {
    let folder = try Folder()
    let read = lines(try folder.write(try gzip(goodText, in: folder) + Array("tail".utf8), as: "tail.gz"))
    #expect(read.whole == good)
    #expect(read.error?.kind == .corrupt)
}

@Test func `a missing file and a folder are unreadable`() throws {
    let folder = try Folder()
    #expect(lines("\(folder.path)/none").error?.kind == .unreadable)
    #expect(lines(folder.path).error?.kind == .unreadable)
}

@Test func `a line over the limit is passed over and the next ones still come`() throws {
    let folder = try Folder()
    let long = [UInt8](repeating: UInt8(ascii: "x"), count: LineReader.limit + 1)
    let path = try folder.write(Array("first\n".utf8) + long + Array("\nlast\n".utf8), as: "long")
    let reader = LineReader(try ByteStream(path: path))
    let states = try (0..<3).map { _ in try reader.next() }
    #expect(states.map(\.?.state) == [.whole, .tooLong, .whole])
    #expect(states[1]?.bytes.isEmpty == true)
    let digest = try shell("sed -n 2p long | tr -d '\\n' | sha256sum", in: folder.path)
    #expect(digest.hasPrefix(try #require(states[1]?.digest)))
    #expect(String(decoding: try #require(states[2]?.bytes), as: UTF8.self) == "last")
    #expect(try reader.next() == nil)
}

@Test func `a line of exactly the limit is taken`() throws {
    let folder = try Folder()
    let path = try folder.write([UInt8](repeating: UInt8(ascii: "x"), count: LineReader.limit) + [0x0A], as: "long")
    let line = try LineReader(try ByteStream(path: path)).next()
    #expect(line?.state == .whole)
    #expect(line?.bytes.count == LineReader.limit)
}
