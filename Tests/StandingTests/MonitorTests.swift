import CanonicalJSON
import Crypto
import Foundation
import HTTP
import Testing
import Transparency

/// Evidence, with one entry of every other kind around the first bundle's end.
private let others: [Int: [UInt8]] = [
    10: MadeLog.entry(.credential, "a credential"), 255: MadeLog.entry(.identity, "a binding"),
    256: MadeLog.entry(.status, "a list"), 290: MadeLog.entry(.erasure, "an erasure"),
    299: MadeLog.entry(.issuerKey, "a key"),
]
private let log = MadeLog(size: 300, others: others)
private let grown = {
    var grown = log
    grown.grow(to: 700, others: [512: MadeLog.entry(.credential, "another credential")])
    return grown
}()
/// The same as `log` but for entry 200.
private let forked = MadeLog(size: 300, others: others.merging([200: MadeLog.entry(.evidence, "a lie")]) { $1 })

struct MonitorTests {
    @Test func `the first look learns the key, reads all and remembers; the next reads what is new`() async throws {
        try await MadeMonitor.with { monitor in
            let (first, firstPaths) = try await Service.with({ request, _ in log.answer(request) }) { service in
                let outcome = try await Program.run("monitor", service.base, "--state", monitor.statePath)
                return (outcome, service.requests.map(\.path))
            }
            #expect(first.status == 0)
            #expect(first.messages.contains("the key is what the service itself says"))
            #expect(first.messages.contains(MadeLog.vkey))
            #expect(first.output.hasPrefix("10  credential  \(MadeLog.commitment("a credential"))\n255  identity  "))
            #expect(first.output.contains("standing.example/evidence: 300 entries, 300 new\n"))
            #expect(first.output.contains("  evidence 295 (295 new)\n"))
            #expect(first.output.hasSuffix("\nNo alarm.\n"))
            #expect(firstPaths.contains("/v1/ledger/vkey") && firstPaths.contains("/evidence/tile/entries/000"))

            let (second, paths) = try await Service.with({ request, _ in grown.answer(request) }) { service in
                let outcome = try await Program.run("monitor", service.base, "--state", monitor.statePath)
                return (outcome, service.requests.map(\.path))
            }
            #expect(second.status == 0 && second.messages.isEmpty)
            #expect(second.output.hasPrefix("512  credential  \(MadeLog.commitment("another credential"))\n"))
            #expect(second.output.contains("standing.example/evidence: 700 entries, 400 new\n"))
            #expect(second.output.contains("  credential 2 (1 new)\n") && second.output.contains("  status 1\n"))
            #expect(!paths.contains("/v1/ledger/vkey") && !paths.contains("/evidence/tile/entries/000"))

            let third = try await monitor.look(at: grown)
            #expect(third.status == 0 && third.output.contains(": 700 entries, 0 new\n"))
        }
    }

    @Test func `json is a document a line`() async throws {
        try await MadeMonitor.with { monitor in
            let outcome = try await monitor.look(at: log, "--json")
            let lines = try outcome.output.split(separator: "\n").map { try JSON(parsing: $0.utf8) }
            #expect(lines.compactMap { $0["type"]?.string } == Array(repeating: "entry", count: 5) + ["look"])
            #expect(lines.first?["kind"] == "credential" && lines.first?["index"] == 10)
            #expect(lines.first?["id"]?.string == MadeLog.commitment("a credential"))
            let look = try #require(lines.last)
            #expect(look["outcome"] == "fine" && look["size"] == 300 && look["origin"] == "standing.example/evidence")
            #expect(look["new"]?["evidence"] == 295 && look["vkey"]?.string == MadeLog.vkey)
        }
    }

    @Test func `a fork is an alarm, both checkpoints are kept, and what was seen stays`() async throws {
        var larger = forked
        larger.grow(to: 700)
        for (other, name) in [(forked, "split"), (larger, "not-continued")] {
            try await MadeMonitor.with { monitor in
                #expect(try await monitor.look(at: log).status == 0)
                let before = monitor.state
                for _ in 1...2 {
                    let outcome = try await monitor.look(at: other)
                    #expect(outcome.status == 1)
                    #expect(outcome.output.contains("ALARM \(name): "))
                    #expect(outcome.output.hasSuffix("\n1 alarm.\n"))
                    #expect(monitor.state == before)
                    #expect(Set(try monitor.evidence.values) == [log.note.encoded, other.note.encoded])
                    let names = try monitor.evidence.keys
                    #expect(names.allSatisfy { outcome.output.contains($0) })
                }
                #expect(try await monitor.look(at: grown).status == 0)
            }
        }
    }

    @Test func `a log that goes back is an alarm with both checkpoints`() async throws {
        try await MadeMonitor.with { monitor in
            #expect(try await monitor.look(at: grown).status == 0)
            let outcome = try await monitor.look(at: log)
            #expect(outcome.status == 1)
            #expect(outcome.output.contains("it signed 300 entries after it had signed 700"))
            #expect(Set(try monitor.evidence.values) == [grown.note.encoded, log.note.encoded])
        }
    }

    @Test func `a checkpoint of another key is an alarm and nothing is remembered`() async throws {
        try await MadeMonitor.with { monitor in
            let other = try #require(NoteSigner(name: "standing.example/evidence", kind: .log, key: .generate()))
            var forged = log
            forged.checkpoint = Checkpoint(
                origin: other.verifier.name, head: try Checkpoint(parsing: log.note.text).head
            ).signed(by: other)
            let outcome = try await monitor.look(at: forged)
            #expect(outcome.status == 1)
            #expect(outcome.output.contains("ALARM checkpoint: "))
            #expect(outcome.output.contains("the checkpoint is not signed by the log's key"))
            #expect(monitor.state == nil)
        }
    }

    @Test(arguments: [
        ("tile/0/001", "tile"), ("tile/1/000.p/2", "tile"), ("tile/0/002.p/188", "tile"),
        ("tile/entries/001", "entries"), ("tile/entries/002.p/188", "entries"), ("checkpoint", "checkpoint"),
    ])
    func `a byte flipped and too long an answer are alarms, one not served too`(path: String, name: String) async throws
    {
        try await MadeMonitor.with { monitor in
            #expect(try await monitor.look(at: log).status == 0)
            let before = monitor.state
            var wrong = grown
            var bytes = path == "checkpoint" ? Array(grown.note.encoded.utf8) : try #require(grown.read(path))
            bytes[bytes.count / 2] ^= 4
            for body in [bytes, [UInt8](repeating: 0x61, count: 1_100_000)] {
                wrong.replaced[path] = Response(status: 200, body: body)
                let outcome = try await monitor.look(at: wrong)
                #expect(outcome.status == 1)
                #expect(outcome.output.contains("ALARM \(name): ") || outcome.output.contains("ALARM not-continued: "))
            }
            wrong.replaced[path] = .problem(404, "not-found", "Nothing.")
            if let whole = path.split(separator: ".p/").first, whole != path { #expect(grown.read("\(whole)") == nil) }
            let missing = try await monitor.look(at: wrong)
            #expect(missing.status == (path == "checkpoint" ? 3 : 1))
            #expect(path == "checkpoint" || missing.output.contains("ALARM withheld: "))
            #expect(monitor.state == before)
        }
    }

    @Test func `a failure at any request leaves what was remembered, and is no alarm`() async throws {
        try await MadeMonitor.with { monitor in
            #expect(try await monitor.look(at: log).status == 0)
            let before = monitor.state
            let count = try await Service.with({ request, _ in grown.answer(request) }) { service in
                try await MadeMonitor.with { other in
                    try FileManager.default.copyItem(atPath: monitor.statePath, toPath: other.statePath)
                    #expect(try await other.look(at: service.base).status == 0)
                }
                return service.requests.count
            }
            #expect(count >= 7)
            for failing in 0..<count {
                let outcome = try await Service.with({ request, service in
                    service.requests.count > failing ? .problem(403, "forbidden", "Go away.") : grown.answer(request)
                }) { try await monitor.look(at: $0.base) }
                #expect(outcome.status == 3)
                #expect(outcome.messages.contains("could not look: ") && outcome.messages.contains("answered 403"))
                #expect(outcome.messages.contains("last seen with 300 entries"))
                #expect(!outcome.output.contains("ALARM") && monitor.state == before)
            }
            #expect(try await monitor.look(at: grown).status == 0)
        }
    }

    @Test func `nobody there, and a log without a checkpoint, could not be looked at`() async throws {
        try await MadeMonitor.with { monitor in
            let base = try await Service.with({ _, _ in .json("{}") }) { $0.base }
            let down = try await monitor.look(at: base)
            #expect(down.status == 3 && down.messages.contains("could not look: \(base)/evidence/checkpoint: "))
            let empty = try await Service.with({ _, _ in .problem(404, "not-found", "Nothing.") }) {
                try await monitor.look(at: $0.base)
            }
            #expect(empty.status == 3 && empty.messages.contains("there is no checkpoint"))
            #expect(monitor.state == nil)
        }
    }

    @Test func `it looks again and again until it cannot`() async throws {
        try await MadeMonitor.with { monitor in
            let expected = monitor.folder.appendingPathComponent("expected")
            try Data().write(to: expected)
            let outcome = try await Service.with({ request, service in
                let looks = service.requests.filter { $0.path == "/evidence/checkpoint" }.count
                if looks == 2 { try? FileManager.default.removeItem(at: expected) }
                return looks == 1 ? MadeLog(size: 20).answer(request) : MadeLog(size: 30).answer(request)
            }) { try await monitor.look(at: $0.base, "--every", "1", "--expect", expected.path) }
            #expect(outcome.status == 2 && outcome.messages.contains(expected.path))
            #expect(
                outcome.output.contains(": 20 entries, 20 new\n") && outcome.output.contains(": 30 entries, 10 new\n"))
        }
    }

    @Test func `a hiccup is asked again`() async throws {
        try await MadeMonitor.with { monitor in
            let outcome = try await Service.with({ request, service in
                service.requests.count == 1 ? .problem(503, "busy", "Later.") : log.answer(request)
            }) { try await monitor.look(at: $0.base) }
            #expect(outcome.status == 0)
        }
    }
}

struct MonitorMirrorTests {
    @Test func `a mirror with the same tree, one behind and one ahead are fine`() async throws {
        for (main, mirror, words) in [
            (grown, grown, "the same tree"), (grown, log, "400 entries behind"), (log, grown, "400 entries ahead"),
        ] {
            try await MadeMonitor.with { monitor in
                let outcome = try await monitor.look(at: main, mirror: mirror)
                #expect(outcome.status == 0 && outcome.output.contains("/evidence: \(words)"))
            }
        }
    }

    @Test func `two trees shown to two readers are an alarm, with both notes`() async throws {
        var larger = forked
        larger.grow(to: 700)
        for (main, mirror, name) in [
            (log, forked, "split"), (grown, forked, "not-continued"), (log, larger, "not-continued"),
        ] {
            try await MadeMonitor.with { monitor in
                let outcome = try await monitor.look(at: main, mirror: mirror)
                #expect(outcome.status == 1)
                #expect(outcome.output.contains("ALARM \(name): "))
                #expect(Set(try monitor.evidence.values) == [main.note.encoded, mirror.note.encoded])
                #expect(monitor.state != nil)
            }
        }
    }

    @Test func `a mirror that cannot show its larger tree is an alarm, one that is down is not`() async throws {
        try await MadeMonitor.with { monitor in
            var mirror = grown
            mirror.replaced["tile/0/001"] = .problem(404, "not-found", "Nothing.")
            let outcome = try await monitor.look(at: log, mirror: mirror)
            #expect(outcome.status == 1 && outcome.output.contains("ALARM withheld: "))
            #expect(try monitor.evidence.count == 2)
            let down = try await monitor.look(at: log, "--mirror", "http://127.0.0.1:9")
            #expect(down.status == 3 && down.output.contains("Could not look at everything."))
        }
    }

    @Test func `with the log down its mirrors are compared with what was seen`() async throws {
        try await MadeMonitor.with { monitor in
            #expect(try await monitor.look(at: log).status == 0)
            let outcome = try await Service.with({ request, _ in forked.answer(request) }) {
                try await monitor.look(at: "http://127.0.0.1:9", "--mirror", $0.base)
            }
            #expect(outcome.status == 1)
            #expect(outcome.output.contains("ALARM split: ") && outcome.messages.contains("could not look: "))
        }
    }
}

struct MonitorPolicyTests {
    private static let witness = NoteSigner(name: "w.example/witness", kind: .witness, key: .generate())!

    @Test func `a checkpoint without the policy's quorum is an alarm at every look`() async throws {
        try await MadeMonitor.with { monitor in
            let path = monitor.folder.path + "/policy"
            try "witness w \(Self.witness.verifier.text)\nquorum w\n".write(
                toFile: path, atomically: true, encoding: .utf8)
            for _ in 1...2 {
                let outcome = try await monitor.look(at: log, "--policy", path)
                #expect(outcome.status == 1)
                #expect(outcome.output.contains("no witness of the policy has cosigned the checkpoint"))
                #expect(outcome.output.contains(": 300 entries, "))
            }
            var seen = log
            var note = log.note
            note.add(Self.witness.cosignature(of: note.text, at: 1_700_000_000))
            seen.checkpoint = note
            #expect(try await monitor.look(at: seen, "--policy", path).status == 0)
            var forged = log.note
            forged.add(Self.witness.cosignature(of: grown.note.text, at: 1_700_000_000))
            seen.checkpoint = forged
            let outcome = try await monitor.look(at: seen, "--policy", path)
            #expect(outcome.status == 1 && outcome.output.contains("the cosignature of w.example/witness does not"))
        }
    }

    @Test func `what is no policy is refused with its line`() async throws {
        try await MadeMonitor.with { monitor in
            let path = monitor.folder.path + "/policy"
            try "quorum nobody\n".write(toFile: path, atomically: true, encoding: .utf8)
            let outcome = try await monitor.look(at: log, "--policy", path)
            #expect(outcome.status == 2 && outcome.messages.contains("\(path), line 1: "))
        }
    }
}

struct MonitorExpectationTests {
    private static func write(_ lines: [String], _ monitor: MadeMonitor) throws -> String {
        let path = monitor.folder.path + "/expected"
        try (lines.joined(separator: "\n") + "\n").write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private static let known = [
        "# what we did", MadeLog.commitment("a binding"), "", MadeLog.commitment("a list") + "  # day 1",
        MadeLog.commitment("an erasure"), MadeLog.commitment("a key"),
    ]

    @Test func `an entry that nobody expects is an alarm until somebody does`() async throws {
        try await MadeMonitor.with { monitor in
            let path = try Self.write(Self.known, monitor)
            for served in [log, log, grown] {
                let outcome = try await monitor.look(at: served, "--expect", path)
                #expect(outcome.status == 1)
                let alarm =
                    "ALARM unexpected: nobody expects entry 10, credential \(MadeLog.commitment("a credential"))"
                #expect(outcome.output.contains(alarm))
            }
            _ = try Self.write(Self.known + [MadeLog.commitment("a credential")], monitor)
            let fewer = try await monitor.look(at: grown, "--expect", path)
            #expect(fewer.status == 1 && fewer.output.contains("nobody expects entry 512"))
            #expect(!fewer.output.contains("entry 10,"))
            _ = try Self.write(
                Self.known + ["a credential", "another credential"].map(MadeLog.commitment), monitor)
            #expect(try await monitor.look(at: grown, "--expect", path).status == 0)
        }
    }

    @Test func `what was read before anything was expected is read again`() async throws {
        try await MadeMonitor.with { monitor in
            #expect(try await monitor.look(at: log).status == 0)
            let path = try Self.write(Self.known, monitor)
            let outcome = try await monitor.look(at: grown, "--expect", path)
            #expect(outcome.status == 1)
            #expect(outcome.output.contains("nobody expects entry 10,"))
            #expect(outcome.output.contains("nobody expects entry 512,"))
            #expect(outcome.output.contains("255  identity  \(MadeLog.commitment("a binding"))  expected\n"))
            #expect(outcome.output.contains(": 700 entries, 400 new\n"))
        }
    }

    @Test func `an entry of no known kind and one that is none are alarms`() async throws {
        let odd = MadeLog(
            size: 5,
            others: [
                1: Array("{\"c\":\"\(MadeLog.commitment("x"))\",\"k\":\"pardon\",\"v\":1}".utf8),
                3: Array("{\"c\":\"\u{1B}[2J\"}".utf8),
            ])
        let leaf = MerkleTree.leafHash(odd.entries[3]).base64URL
        try await MadeMonitor.with { monitor in
            let outcome = try await monitor.look(at: odd)
            #expect(outcome.status == 1)
            #expect(outcome.output.contains("nobody expects entry 1, pardon \(MadeLog.commitment("x"))"))
            #expect(outcome.output.contains("entry 3 is no ledger entry (leaf \(leaf))"))
            #expect(
                outcome.output.contains("  malformed 1 (1 new)\n") && outcome.output.contains("  unknown 1 (1 new)\n"))
            #expect(!outcome.output.contains("\u{1B}"))
            #expect(try await monitor.look(at: odd).status == 0)
            let path = try Self.write([MadeLog.commitment("x"), leaf], monitor)
            #expect(try await monitor.look(at: odd, "--expect", path).status == 0)
            let fewer = try Self.write([leaf], monitor)
            #expect(try await monitor.look(at: odd, "--expect", fewer).status == 0)
        }
    }

    @Test func `more unexpected entries than can be remembered are told and none is`() async throws {
        let flood = MadeLog(
            size: 1_001,
            others: Dictionary(
                uniqueKeysWithValues: (0...1_000).map { ($0, MadeLog.entry(.credential, "credential \($0)")) }))
        try await MadeMonitor.with { monitor in
            let path = try Self.write(Self.known, monitor)
            let outcome = try await Service.with({ request, _ in flood.answer(request) }) {
                try await Program.run("monitor", $0.base, "--state", monitor.statePath, "--expect", path, "--json")
            }
            #expect(outcome.status == 1 && monitor.state == nil)
            #expect(outcome.output.contains("there are over 1000 unexpected entries"))
        }
    }

    @Test func `a line that is no commitment is refused with its number`() async throws {
        try await MadeMonitor.with { monitor in
            let path = try Self.write(["# fine", "not a commitment"], monitor)
            let outcome = try await monitor.look(at: log, "--expect", path)
            #expect(outcome.status == 2 && outcome.messages.contains("\(path), line 2: "))
            let missing = try await monitor.look(at: log, "--expect", "/no/such/file")
            #expect(missing.status == 2 && missing.messages.contains("/no/such/file: "))
        }
    }
}
