import CanonicalJSON
import Crypto
import HTTP
import Postgres
import Reputation
import Service
import Store
import Testing
import Transparency

/// The ledger as a stranger reads it: only what is served, and what it verifies with.
struct LedgerReader: Sendable {
    let service: RunningService

    func get(_ path: String, ifNoneMatch tag: String? = nil) async throws -> ClientResponse {
        let headers = Headers(tag.map { [("If-None-Match", $0)] } ?? [])
        return try await self.service.client.send("GET", self.service.base + path, headers: headers, body: [])
    }

    func json(_ path: String) async throws -> JSON { try await JSON(parsing: self.get(path).body) }

    /// The key checkpoints verify with.
    func key() async throws -> VerifierKey {
        let text = String(decoding: try await self.get("/v1/ledger/vkey").body, as: UTF8.self)
        return try #require(VerifierKey(parsing: text.dropLast()))
    }

    /// The published tree, its checkpoint verified.
    func head() async throws -> TreeHead {
        let note = try SignedNote(parsing: try await self.get("/evidence/checkpoint").body)
        return try Checkpoint(note, of: try await self.key()).head
    }

    /// The key receipts verify with, from the issuer's key set.
    func receiptKey() async throws -> ECDSAPublicKey {
        let key = try await self.json("/.well-known/jwks.json")["keys"]?.array?.first
        let x = try #require(Base64URL.decode(key?["x"]?.string ?? ""))
        let y = try #require(Base64URL.decode(key?["y"]?.string ?? ""))
        return try ECDSAPublicKey(x: x, y: y)
    }

    /// The hashes of an answer.
    static func hashes(_ answer: JSON) -> [Digest] {
        (answer["hashes"]?.array ?? []).compactMap { $0.string.flatMap { Digest(base64: $0) } }
    }

    /// A counter or gauge of `/metrics`.
    func metric(_ name: String) async throws -> Int64 {
        let text = String(decoding: try await self.get("/metrics").body, as: UTF8.self)
        let line = text.split(separator: "\n").first { $0.hasPrefix(name + " ") }
        return try #require(line.flatMap { Int64($0.dropFirst(name.count + 1)) })
    }
}

extension RunningService {
    /// A service whose published log has `count` made-up facts, and its reader.
    static func withLog(of count: Int, _ body: @Sendable (LedgerReader) async throws -> Void) async throws {
        try await RunningService.with { service in
            try await service.record(0..<count)
            try await body(LedgerReader(service: service))
        }
    }

    /// Records the facts with these numbers and returns when they are published.
    func record(_ numbers: Range<Int>) async throws {
        guard !numbers.isEmpty else { return }
        let last = try await self.append(numbers)
        let isPublished = try await self.background.publication.covers(last + 1)
        #expect(isPublished)
    }

    /// Records the facts with these numbers; returns the greatest index.
    func append(_ numbers: Range<Int>) async throws -> Int64 {
        var last: Int64 = -1
        var rest = numbers[...]
        while !rest.isEmpty {
            let facts = try rest.prefix(500).map { (number: Int) -> SealedFact in
                var members = IngestTests.fact(number).object ?? [:]
                members["observed_at"] = members["occurred_at"]
                return SealedFact(try Evidence(document: .object(members)), by: self.authority)
            }
            last = max(
                last, try await self.background.sequencer.record(facts).compactMap(\.recorded?.index).max() ?? -1)
            rest = rest.dropFirst(500)
        }
        return last
    }

    /// Appends `entries` as they are and returns when they are published.
    func append(_ entries: [LedgerEntry]) async throws {
        try await self.writer.transaction { [authority] connection in
            _ = try Ledger(authority: authority).append(entries, observedAt: authority.now(), on: connection)
        }
        try await self.background.publication.publish()
    }

    /// The entry at `index`, published or not.
    func storedEntry(_ index: Int64) async throws -> LedgerEntry {
        try #require(LedgerEntry.read(await self.writer.run(.entries(from: index, count: 1))).first)
    }
}
