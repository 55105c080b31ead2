import Crypto
import Foundation
import HTTP
import Testing
import Transparency

private let log = MadeLog(size: 300, others: [10: MadeLog.entry(.credential, "a credential")])
private let grown = {
    var grown = log
    grown.grow(to: 700)
    return grown
}()

struct MonitorStateTests {
    @Test func `a state file cut short or changed anywhere is refused and left as it is`() async throws {
        try await MadeMonitor.with { monitor in
            #expect(try await monitor.look(at: log).status == 0)
            let good = try #require(monitor.state)
            #expect(!good.contains(0x1B))
            let places = [0, 1] + Array(stride(from: 7, to: good.count - 1, by: good.count / 40)) + [good.count - 2]
            let broken =
                [Data(), good.dropLast(2), good.prefix(good.count / 2), Data("{}\n".utf8)]
                + places.map { place in
                    var changed = good
                    changed[place] ^= 1
                    return changed
                }
            for bytes in broken {
                try bytes.write(to: URL(fileURLWithPath: monitor.statePath))
                let outcome = try await monitor.look(at: grown)
                #expect(outcome.status == 2)
                #expect(outcome.messages.contains("the state file \(monitor.statePath) is not what this program wrote"))
                #expect(monitor.state == bytes)
            }
            try good.write(to: URL(fileURLWithPath: monitor.statePath))
            #expect(try await monitor.look(at: grown).status == 0)
        }
    }

    @Test func `a state file is of one log and one key`() async throws {
        let other = try #require(NoteSigner(name: "other.example/evidence", kind: .log, key: .generate()))
        try await MadeMonitor.with { monitor in
            #expect(try await monitor.look(at: log).status == 0)
            let before = monitor.state
            let key = try await Program.run(
                "monitor", "http://127.0.0.1:9", "--state", monitor.statePath, "--key", other.verifier.text)
            #expect(key.status == 2 && key.messages.contains("a state file is of one log and one key"))
            var elsewhere = log
            elsewhere.checkpoint = Checkpoint(origin: other.verifier.name, head: .empty).signed(by: other)
            #expect(try await monitor.look(at: elsewhere).status == 1)
            #expect(monitor.state == before)
        }
    }

    @Test func `a state that cannot be written is no look`() async throws {
        let outcome = try await Service.with({ request, _ in log.answer(request) }) {
            try await Program.run("monitor", $0.base, "--state", "/no/such/folder/log.json")
        }
        #expect(outcome.status == 3)
        #expect(outcome.messages.contains("the state file /no/such/folder/log.json cannot be written"))
    }
}

struct KeptLogTests {
    private static func files(_ folder: String) throws -> Set<String> {
        let all = try #require(FileManager.default.enumerator(atPath: folder)).compactMap { $0 as? String }
        return Set(
            all.filter {
                $0.hasPrefix("evidence/") && (Tile(path: $0.dropFirst(9)) != nil || $0.hasSuffix("checkpoint"))
            })
    }

    @Test func `a copy holds the log's files as they are served, and only the newest partial tiles`() async throws {
        try await MadeMonitor.with { monitor in
            let copy = monitor.folder.path + "/copy"
            var larger = log
            for size in [300, 310, 320, 700] {
                larger.grow(to: size)
                #expect(try await monitor.look(at: larger, "--keep", copy).status == 0)
                let files = try Self.files(copy)
                for file in files where file != "evidence/checkpoint" {
                    let bytes = FileManager.default.contents(atPath: "\(copy)/\(file)").map { Array($0) }
                    #expect(bytes == larger.read(String(file.dropFirst(9))))
                }
                let note = try String(contentsOfFile: "\(copy)/evidence/checkpoint", encoding: .utf8)
                #expect(note == larger.note.encoded)
                #expect(files.isSuperset(of: ["evidence/tile/0/000", "evidence/tile/entries/000"]))
            }
            #expect(
                try Self.files(copy) == [
                    "evidence/checkpoint", "evidence/tile/0/000", "evidence/tile/0/001", "evidence/tile/0/002.p/188",
                    "evidence/tile/1/000.p/1", "evidence/tile/1/000.p/2", "evidence/tile/entries/000",
                    "evidence/tile/entries/001", "evidence/tile/entries/002.p/188",
                ])
        }
    }

    @Test func `a copy can be followed as the log itself, and be its mirror, from disk and from a server`() async throws
    {
        try await MadeMonitor.with { monitor in
            let copy = monitor.folder.path + "/copy"
            #expect(try await monitor.look(at: log, "--keep", copy).status == 0)
            try await MadeMonitor.with { stranger in
                let outcome = try await stranger.look(at: copy)
                #expect(outcome.status == 0 && outcome.output.contains(": 300 entries, 300 new\n"))
                #expect(outcome.output.contains("10  credential  "))
                let behind = try await stranger.look(at: grown, "--mirror", copy)
                #expect(behind.status == 0 && behind.output.contains("400 entries behind, consistent"))
            }
            let served: @Sendable (Request) -> Response = { request in
                FileManager.default.contents(atPath: copy + request.path).map {
                    Response(status: 200, body: Array($0))
                } ?? .problem(404, "not-found", "Nothing.")
            }
            try await MadeMonitor.with { stranger in
                let outcome = try await Service.with({ request, _ in served(request) }) {
                    try await stranger.look(at: $0.base + "/evidence/")
                }
                #expect(outcome.status == 0 && outcome.output.contains(": 300 entries, 300 new\n"))
                let nobody = try await Program.run("monitor", copy, "--state", stranger.folder.path + "/new.json")
                #expect(nobody.status == 2 && nobody.messages.contains("name it with --key"))
            }
        }
    }

    @Test func `a reader of the last checkpoint still finds all of it when the copy has grown`() async throws {
        try await MadeMonitor.with { monitor in
            let copy = monitor.folder.path + "/copy"
            #expect(try await monitor.look(at: log, "--keep", copy).status == 0)
            let checkpoint = URL(fileURLWithPath: copy + "/evidence/checkpoint")
            let older = try Data(contentsOf: checkpoint)
            #expect(try await monitor.look(at: grown, "--keep", copy).status == 0)
            try older.write(to: checkpoint)
            try await MadeMonitor.with { stranger in
                let outcome = try await stranger.look(at: copy)
                #expect(outcome.status == 0 && outcome.output.contains(": 300 entries, 300 new\n"))
            }
        }
    }

    @Test func `a copy begun late, lost or older than the state is made whole`() async throws {
        try await MadeMonitor.with { monitor in
            let copy = monitor.folder.path + "/copy"
            #expect(try await monitor.look(at: log).status == 0)
            let late = try await monitor.look(at: log, "--keep", copy)
            #expect(late.status == 0 && late.output.contains(": 300 entries, 0 new\n"))
            #expect(!late.output.contains("credential  "))
            #expect(try await monitor.look(at: grown).status == 0)
            #expect(try await monitor.look(at: grown, "--keep", copy).status == 0)
            try await MadeMonitor.with { stranger in
                let outcome = try await stranger.look(at: copy)
                #expect(outcome.status == 0 && outcome.output.contains(": 700 entries, 700 new\n"))
            }
        }
    }

    @Test func `a damaged copy or another log's is refused, not mended in silence`() async throws {
        try await MadeMonitor.with { monitor in
            let copy = monitor.folder.path + "/copy"
            #expect(try await monitor.look(at: log, "--keep", copy).status == 0)
            try Data([1, 2, 3]).write(to: URL(fileURLWithPath: copy + "/evidence/tile/0/001.p/44"))
            let outcome = try await monitor.look(at: grown, "--keep", copy)
            #expect(
                outcome.status == 2 && outcome.messages.contains("\(copy)/evidence holds another log, or a damaged"))
        }
    }

    @Test func `a copy whose bundle was changed is an alarm for who follows it`() async throws {
        try await MadeMonitor.with { monitor in
            let copy = monitor.folder.path + "/copy"
            #expect(try await monitor.look(at: log, "--keep", copy).status == 0)
            let bundle = URL(fileURLWithPath: copy + "/evidence/tile/entries/000")
            var bytes = try Data(contentsOf: bundle)
            bytes[1_000] ^= 1
            try bytes.write(to: bundle)
            try await MadeMonitor.with { stranger in
                let outcome = try await stranger.look(at: copy)
                #expect(outcome.status == 1 && outcome.output.contains("ALARM entries: "))
                #expect(outcome.output.contains("tile/entries/000 does not hold the entries"))
            }
        }
    }
}
