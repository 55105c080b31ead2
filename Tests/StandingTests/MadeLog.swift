import Crypto
import Foundation
import HTTP
import Transparency

/// A made-up log and the static files it is served as.
struct MadeLog: Sendable {
    static let signer = NoteSigner(name: "standing.example/evidence", kind: .log, key: .generate())!

    private(set) var entries: [[UInt8]] = []
    private var frontier = Frontier()
    private var stored: [Tile: [UInt8]] = [:]
    /// What is served as the checkpoint in place of the newest.
    var checkpoint: SignedNote?
    /// Paths below `evidence/` and what is answered there instead.
    var replaced: [String: Response] = [:]

    static var vkey: String { self.signer.verifier.text }

    /// `size` entries: evidence, but those at the places of `others`.
    init(size: Int, others: [Int: [UInt8]] = [:]) { self.grow(to: size, others: others) }

    mutating func grow(to size: Int, others: [Int: [UInt8]] = [:]) {
        let new = (self.entries.count..<size).map { index in
            others[index] ?? Self.entry(.evidence, "fact \(index)")
        }
        self.entries += new
        for content in self.frontier.append(new.map { MerkleTree.leafHash($0) }) {
            self.stored[Tile(content.tile.kind, number: content.tile.number)] = content.bytes
        }
    }

    static func commitment(_ what: String) -> String { Commitment(disclosure: what).text }

    /// The bytes of an entry of `kind` that commits to `what`.
    static func entry(_ kind: LedgerEntry.Kind, _ what: String) -> [UInt8] {
        Array(LedgerEntry(kind, Commitment(disclosure: what)).text.utf8)
    }

    var note: SignedNote {
        self.checkpoint
            ?? Checkpoint(origin: Self.signer.verifier.name, head: self.frontier.head).signed(by: Self.signer)
    }

    /// What a request is answered.
    func answer(_ request: Request) -> Response {
        if request.path == "/v1/ledger/vkey" { return .text(Self.vkey + "\n") }
        guard request.path.hasPrefix("/evidence/") else { return .problem(404, "not-found", "Nothing.") }
        let path = String(request.path.dropFirst("/evidence/".count))
        if let replaced = self.replaced[path] { return replaced }
        guard let bytes = path == "checkpoint" ? Array(self.note.encoded.utf8) : self.read(path) else {
            return .problem(404, "not-found", "Nothing.")
        }
        return Response(status: 200, headers: [("Content-Type", "application/octet-stream")], body: bytes)
    }

    /// The tile at `path`.
    func read(_ path: String) -> [UInt8]? {
        guard let tile = Tile(path: path) else { return nil }
        guard tile.kind == .entries else {
            guard let bytes = self.stored[Tile(tile.kind, number: tile.number)] else { return nil }
            return bytes.count < tile.width * 32 ? nil : Array(bytes.prefix(tile.width * 32))
        }
        let first = Int(tile.number) * 256
        guard first + tile.width <= self.entries.count else { return nil }
        return EntryBundle.encode(self.entries[first..<(first + tile.width)])
    }
}

/// A monitor with its state in a folder of its own.
struct MadeMonitor: Sendable {
    let folder: URL

    var statePath: String { self.folder.path + "/log.json" }
    var state: Data? { FileManager.default.contents(atPath: self.statePath) }
    /// What stands beside the state file as evidence, by name.
    var evidence: [String: String] {
        get throws {
            let names = try FileManager.default.contentsOfDirectory(atPath: self.folder.path)
            return Dictionary(
                uniqueKeysWithValues: try names.filter { $0.hasSuffix(".note") }.map {
                    ($0, try String(contentsOfFile: "\(self.folder.path)/\($0)", encoding: .utf8))
                })
        }
    }

    static func with<Value>(_ body: (MadeMonitor) async throws -> Value) async throws -> Value {
        try await withFolder { try await body(MadeMonitor(folder: $0)) }
    }

    /// Looks at `address` with the log's key given.
    func look(at address: String, _ options: String...) async throws -> Program.Outcome {
        try await Program.run(["monitor", address, "--state", self.statePath, "--key", MadeLog.vkey] + options)
    }

    /// Looks at `log`, served on loopback.
    func look(at log: MadeLog, _ options: String...) async throws -> Program.Outcome {
        try await Service.with({ request, _ in log.answer(request) }) { service in
            try await Program.run(
                ["monitor", service.base, "--state", self.statePath, "--key", MadeLog.vkey] + options)
        }
    }

    /// Looks at `log`, and at `mirror` as a mirror of it.
    func look(at log: MadeLog, mirror: MadeLog) async throws -> Program.Outcome {
        try await Service.with({ request, _ in mirror.answer(request) }) { other in
            try await self.look(at: log, "--mirror", other.base)
        }
    }
}
