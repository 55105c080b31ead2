import Crypto
import Foundation
import Postgres
import Reputation
import Service
import Store
import TestSupport
import Testing
import Transparency

@Suite struct CosignTests {
    /// A log of made-up leaves, and a witness of it.
    private struct Bench: Sendable {
        let leaves = (0..<40).map { MerkleTree.leafHash([UInt8($0)]) }
        let log: NoteSigner
        let cosign: Cosign
        let directory: URL

        init() throws {
            self.log = try #require(NoteSigner(name: "log.example/evidence", kind: .log, key: .generate()))
            self.directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            let policy = try LedgerPolicy(parsing: "log \(self.log.verifier.text)\nquorum none\n".utf8)
            self.cosign = Cosign(
                authority: Authority(
                    settings: Settings(publicURL: "https://standing.example", witnessed: policy.logs),
                    keys: try StateDirectory(self.directory.path).keys(), now: { Instant(seconds: 1_767_225_600) }))
        }

        func head(_ size: Int) -> TreeHead {
            TreeHead(size: Int64(size), root: MerkleTree.root(of: self.leaves.prefix(size)))
        }

        func request(from old: Int, to new: Int) throws -> [UInt8] {
            var frontier = Frontier()
            var tiles: [Tile: [UInt8]] = [:]
            for content in frontier.append(self.leaves.prefix(new)) { tiles[content.tile] = content.bytes }
            let proof = try ProofPlan.consistency(from: Int64(old), to: Int64(new)).hashes(from: tiles)
            let note = Checkpoint(origin: self.log.verifier.name, head: self.head(new)).signed(by: self.log)
            return Array(AddCheckpoint(oldSize: Int64(old), proof: proof, note: note).encoded.utf8)
        }
    }

    /// Asks for `sizes` at once, each on a connection of its own; the sizes that were cosigned.
    private func race(_ sizes: [Int], from old: Int, _ bench: Bench, _ connections: [Connection]) async throws -> [Int]
    {
        try await withThrowingTaskGroup(of: Int?.self) { group in
            for (size, connection) in zip(sizes, connections) {
                let request = try bench.request(from: old, to: size)
                group.addTask {
                    do {
                        _ = try await bench.cosign.add(request, on: connection)
                        return size
                    } catch WitnessRefusal.stale {
                        return nil
                    }
                }
            }
            return try await group.reduce(into: []) { if let size = $1 { $0.append(size) } }
        }
    }

    @Test func `of requests at once from one size, one is cosigned and is what is kept`() async throws {
        let bench = try Bench()
        try await withDatabaseURL { url in
            let owner = try await Connection.open(url)
            _ = try await owner.migrate()
            var connections: [Connection] = []
            for _ in 0..<4 { connections.append(try await Connection.open(url)) }
            var last = 0
            while last + 4 < bench.leaves.count {
                // The first time there is no row to lock, afterwards there is.
                let cosigned = try await self.race([1, 2, 3, 4].map { last + $0 }, from: last, bench, connections)
                #expect(cosigned.count == 1)
                last = cosigned.first ?? bench.leaves.count
                let kept = try await owner.lockWitnessed("log.example/evidence")
                #expect(kept == bench.head(last))
            }
        }
        try FileManager.default.removeItem(at: bench.directory)
    }

    @Test func `what was not kept is not cosigned`() async throws {
        let bench = try Bench()
        try await withDatabase { connection in
            _ = try await connection.migrate()
            try await connection.run("ALTER TABLE witnessed ADD CONSTRAINT refused CHECK (size < 2)")
            _ = try await bench.cosign.add(bench.request(from: 0, to: 1), on: connection)
            await #expect(throws: PostgresError.self) {
                try await bench.cosign.add(bench.request(from: 1, to: 2), on: connection)
            }
            let kept = try await connection.lockWitnessed("log.example/evidence")
            #expect(kept == bench.head(1))
            let note = try await connection.run(
                .witnessedNote(originHash: SHA256.hash("log.example/evidence".utf8).hex))[0].text(0)
            #expect(try SignedNote(parsing: note.utf8).verified(by: [bench.cosign.verifierKey]).count == 1)
        }
        try FileManager.default.removeItem(at: bench.directory)
    }

    @Test func `strangers' lines are not kept`() async throws {
        let bench = try Bench()
        try await withDatabase { connection in
            _ = try await connection.migrate()
            let stranger = try #require(NoteSigner(name: "somebody", kind: .log, key: .generate()))
            var note = Checkpoint(origin: "log.example/evidence", head: bench.head(1)).signed(by: bench.log)
            note.add(stranger.signature(of: note.text))
            let request = AddCheckpoint(oldSize: 0, proof: [], note: note)
            _ = try await bench.cosign.add(Array(request.encoded.utf8), on: connection)
            let kept = try await connection.run(
                .witnessedNote(originHash: SHA256.hash("log.example/evidence".utf8).hex))[0].text(0)
            let names = try SignedNote(parsing: kept.utf8).signatures.map(\.name)
            #expect(names == ["log.example/evidence", "standing.example/witness"])
        }
        try FileManager.default.removeItem(at: bench.directory)
    }
}
