import Crypto
import Foundation
import Postgres
import Reputation
import Service
import Store
import TestSupport
import Transparency

/// A ledger in a database of its own, which tests append to.
struct LedgerBench: Sendable {
    let authority: Authority
    let connection: Connection

    /// Runs `body` with a ledger of `size` entries.
    static func with(size: Int, _ body: @Sendable (LedgerBench) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        let keys = try StateDirectory(directory.path).keys()
        let authority = Authority(
            settings: Settings(publicURL: "https://standing.example"), keys: keys,
            now: { Instant(seconds: 1_767_225_600) })
        try await withDatabase { connection in
            _ = try await connection.migrate()
            let bench = LedgerBench(authority: authority, connection: connection)
            try await bench.append(size)
            try await body(bench)
        }
        try FileManager.default.removeItem(at: directory)
    }

    /// Appends `count` entries that nobody has seen.
    func append(_ count: Int) async throws {
        let entries = (0..<count).map { _ in
            LedgerEntry(.evidence, Commitment(disclosure: Base64URL.encode(randomBytes(16))))
        }
        let ledger = Ledger(authority: self.authority)
        let now = self.authority.now()
        _ = try await self.connection.transaction { try ledger.append(entries, observedAt: now, on: $0) }
    }

    /// The newest checkpoint.
    func checkpoint() async throws -> (note: SignedNote, head: TreeHead) {
        guard let head = try await self.connection.ledgerHead() else { preconditionFailure("a ledger without head") }
        return (try SignedNote(parsing: head.note.utf8), TreeHead(head))
    }

    /// What the first `size` entries are the tree of.
    func head(_ size: Int64) async throws -> TreeHead {
        let entries = try LedgerEntry.read(await self.connection.run(.entries(from: 0, count: size)))
        return TreeHead(size: size, root: MerkleTree.root(of: entries.map(\.leafHash)))
    }

    /// Asks `witnesses` to cosign the newest checkpoint.
    func cosign(_ witnesses: Witnesses) async throws -> Cosigning {
        let (note, head) = try await self.checkpoint()
        return try await witnesses.cosign(note, of: head, on: self.connection)
    }

    /// The log's key.
    var key: VerifierKey { Ledger(authority: self.authority).verifierKey(origin: nil) }
}
