import Connectors
import Foundation
import Reputation
import TestSupport
import Testing

/// A line in the shape since 2015 that is no evidence, with `more` members.
private func watch(_ more: String = "") -> [UInt8] {
    Array(
        (#"{"id": "1", "type": "WatchEvent", "actor": {"id": 7, "login": "mira"}, "created_at": "2015-06-07T08:09:10Z", "#
            + #""repo": {"id": 40, "name": "harbor/crane"}, "payload": {}\#(more)}"#).utf8)
}

/// What came of `line` between two sound ones, which count whatever it is.
private func outcome(_ line: [UInt8]) throws -> Record {
    let folder = try Folder()
    let path = try folder.write([watch(), line, watch()].joined(separator: [0x0A]), as: "2015-06-07-8.json")
    let archive = try GHArchive(path: path, observedAt: now)
    let (records, error) = drain(archive)
    #expect(error == nil)
    #expect(records.count == 3 && archive.coverage.n == 3 && archive.coverage.complete)
    #expect(records[0].ignored == ["WatchEvent"] && records[2].ignored == ["WatchEvent"])
    #expect(records.map(\.position) == ["line 1", "line 2", "line 3"])
    return records[1]
}

private func nested(_ depth: Int) -> [UInt8] {
    watch(#", "x": "# + String(repeating: "[", count: depth) + String(repeating: "]", count: depth))
}

@Test(
    arguments: [
        (Array("nonsense".utf8), "not JSON"),
        (watch().replacing(Array("mira".utf8), with: [0xC3, 0x28]), "not UTF-8"),
        (watch().replacing(Array("mira".utf8), with: [0xED, 0xA0, 0x80]), "not UTF-8"),
        (nested(64), "nested more than 64 deep"),
        (nested(1_000_000), "nested more than 64 deep"),
        (watch(#", "type": "PushEvent""#), "type: given twice"),
        (watch(#", "actor": {"id": 7, "id": 8, "login": "mira"}"#), "actor: given twice"),
        (watch().replacing(Array(#""id": 7"#.utf8), with: Array(#""id": 7, "id": 8"#.utf8)), "actor.id: given twice"),
        (watch().replacing(Array(#": 7"#.utf8), with: Array(": 9007199254740992".utf8)), "actor.id: not an id"),
        (watch().replacing(Array(#": 7"#.utf8), with: Array(": 7e0".utf8)), "actor.id: not a whole number"),
        (
            watch().replacing(Array(#": 7"#.utf8), with: Array(": 99999999999999999999".utf8)),
            "a number that is none or too large"
        ),
        (
            watch().replacing(Array("2015-06-07T".utf8), with: Array("2015-02-30T".utf8)), "created_at: not a time"
        ),
        (
            watch().replacing(Array("2015-06-07T".utf8), with: Array("9999-12-31T".utf8)), "created_at: not a time"
        ),
        (
            watch().replacing(Array("2015-06-07T08:09:10Z".utf8), with: Array("1969-12-31T23:59:59Z".utf8)),
            "created_at: not a time"
        ),
    ] as [([UInt8], String)])
func `a bad line is put aside by name and the others count`(line: [UInt8], reason: String) throws {
    #expect(try outcome(line).quarantined?.reason == reason)
}

@Test func `a nesting that is allowed is read`() throws {
    #expect(try outcome(nested(60)).ignored == ["WatchEvent"])
}

@Test(arguments: [#"\ud83d"#, #"\udc4b"#, #"\ud83d\n"#, #"\\ud83d \ud83d"#, #"\ud83d\ud83d\udc4b"#])
func `half a character in a text that is not kept costs nothing`(text: String) throws {
    #expect(try outcome(watch(#", "x": "\#(text)""#)).ignored == ["WatchEvent"])
}

@Test func `a line of 100 MB is passed over in little memory and told by its hash`() throws {
    let folder = try Folder()
    _ = try folder.write(watch() + [0x0A], as: "line")
    try shell(
        """
        { cat; printf '{"x": "'; head -c 100000000 /dev/zero | tr '\\0' x; printf '"}\\n'; printf %s "$LINE"; } \
        > a.json < line && sed -n 2p a.json | tr -d '\\n' | sha256sum > digest
        """, in: folder.path, ["LINE": String(decoding: watch(), as: UTF8.self)])
    let (records, error) = drain(try GHArchive(path: "\(folder.path)/a.json", observedAt: now))
    #expect(error == nil)
    #expect(records.map { $0.quarantined?.reason } == [nil, "the line is longer than 8388608 bytes", nil])
    let digest = try String(contentsOfFile: "\(folder.path)/digest", encoding: .utf8)
    #expect(records[1].quarantined?.digest ?? "" == digest.prefix(64))
}

@Test(arguments: [1, 1 << 10, 1 << 17, (1 << 20) - 200, 1 << 20, (1 << 20) + 1, 3 << 20, (8 << 20) - 300])
func `lines of any length below the limit are read, wherever blocks are cut`(length: Int) throws {
    let long = watch(#", "x": "\#(String(repeating: "x", count: length))""#)
    let folder = try Folder()
    let path = try folder.write([watch(), long, watch(), long, long].joined(separator: [0x0A]), as: "a.json")
    let (records, error) = drain(try GHArchive(path: path, observedAt: now))
    #expect(error == nil)
    #expect(records.count == 5 && records.allSatisfy { $0.ignored == ["WatchEvent"] })
}
