import CanonicalJSON
import Crypto
import HTTP
import Postgres
import Service
import Store
import Testing
import Transparency

@Suite struct LedgerReadTests {
    @Test func `an entry is proved in every form there is, to whoever has only what is served`() async throws {
        try await RunningService.withLog(of: 600) { reader in
            let (head, log, key) = (try await reader.head(), try await reader.key(), try await reader.receiptKey())
            #expect(head.size == 600)
            for index in [0, 255, 256, 599] as [Int64] {
                let answer = try await reader.json("/v1/ledger/entries/\(index)")
                let leaf = MerkleTree.leafHash((answer["entry"]?.string ?? "").utf8)
                #expect(answer["leaf_hash"]?.string == leaf.base64)
                try head.verifyInclusion(of: leaf, at: index, proof: LedgerReader.hashes(answer))

                let proof = try await reader.get("/v1/ledger/entries/\(index).tlog-proof")
                #expect(proof.headers["Content-Type"] == "text/plain; charset=utf-8")
                let text = String(decoding: proof.body, as: UTF8.self)
                let checked = try TlogProof(parsing: text).verify(leaf: leaf, log: log)
                #expect(checked.checkpoint.head == head)

                let receipt = try await reader.get("/v1/ledger/entries/\(index).receipt")
                #expect(receipt.headers["Content-Type"] == "application/cose")
                #expect(try Receipt(parsing: receipt.body).index == index)
                #expect(try Receipt(parsing: receipt.body).verify(leaf: leaf, by: key) == head.root)
            }
        }
    }

    @Test func `an entry is found by its hash and by its commitment`() async throws {
        try await RunningService.withLog(of: 300) { reader in
            let head = try await reader.head()
            let entry = try await reader.json("/v1/ledger/entries/217")
            let leaf = try #require(Digest(base64: entry["leaf_hash"]?.string ?? ""))
            let commitment = entry["commitment"]?.string ?? ""
            for query in [
                "leaf_hash=\(percentEncoded(leaf.base64))", "leaf_hash=\(leaf.base64URL)", "commitment=\(commitment)",
            ] {
                let answer = try await reader.json("/v1/ledger/entries?\(query)")
                #expect(answer["size"]?.int == 300)
                #expect(answer["checkpoint"] == entry["checkpoint"])
                let found = try #require(answer["entries"]?.array)
                #expect(found.count == 1)
                #expect(found.first?["entry"] == entry["entry"])
                #expect(found.first?["index"]?.int == 217)
                try head.verifyInclusion(of: leaf, at: 217, proof: LedgerReader.hashes(found.first ?? .null))
            }
            let proof = try await reader.json("/v1/ledger/proof/inclusion?leaf_hash=\(leaf.base64URL)&size=218")
            #expect(proof["index"]?.int == 217)
            let last = try await reader.get("/v1/ledger/proof/inclusion?leaf_hash=\(leaf.base64URL)&size=217")
            #expect(last.status == 404, "not yet in the tree of that size")
        }
    }

    @Test func `one commitment under two kinds is two entries`() async throws {
        try await RunningService.with { service in
            let commitment = Commitment(disclosure: "made up")
            let entries = [LedgerEntry(.status, commitment), LedgerEntry(.erasure, commitment)]
            try await service.append(entries)
            let answer = try await LedgerReader(service: service)
                .json("/v1/ledger/entries?commitment=\(commitment.text)")
            #expect(answer["entries"]?.array?.compactMap { $0["kind"]?.string } == ["status", "erasure"])
        }
    }

    @Test func `a log continues every tree it ever was, also those nobody was shown`() async throws {
        try await RunningService.withLog(of: 300) { reader in
            let (head, key) = (try await reader.head(), try await reader.receiptKey())
            let bundles = try await [
                reader.get("/evidence/tile/entries/000"), reader.get("/evidence/tile/entries/001.p/44"),
            ]
            let leaves = try bundles.flatMap { try EntryBundle.decode($0.body) }.map { MerkleTree.leafHash($0) }
            #expect(MerkleTree.root(of: leaves) == head.root)
            for from in [0, 1, 17, 256, 299, 300] as [Int64] {
                let older = TreeHead(size: from, root: MerkleTree.root(of: leaves.prefix(Int(from))))
                let proof = try await reader.json("/v1/ledger/proof/consistency?from=\(from)")
                try head.verifyConsistency(with: older, proof: LedgerReader.hashes(proof))
                let middle = TreeHead(size: 299, root: MerkleTree.root(of: leaves.prefix(299)))
                if from < 300 {
                    let proof = try await reader.json("/v1/ledger/proof/consistency?from=\(from)&to=299")
                    try middle.verifyConsistency(with: older, proof: LedgerReader.hashes(proof))
                }
                if from > 0 {
                    let receipt = try await reader.get("/v1/ledger/proof/consistency.receipt?from=\(from)")
                    let root = try ConsistencyReceipt(parsing: receipt.body).verify(older: older.root, by: key)
                    #expect(root == head.root)
                }
            }
        }
    }

    @Test func `what is appended but not published is seen by nobody`() async throws {
        try await RunningService.withLog(of: 255) { reader in
            let service = reader.service
            // Whoever holds this lock is the one who publishes.
            try await service.writer.script("BEGIN")
            try await service.writer.lockPublication()
            let last = try await service.append(255..<257)
            let hidden = try await service.storedEntry(last)
            for path in [
                "/v1/ledger/entries/256", "/v1/ledger/entries/256.tlog-proof", "/v1/ledger/entries/256.receipt",
                "/v1/ledger/entries?leaf_hash=\(hidden.leafHash.base64URL)",
                "/v1/ledger/entries?commitment=\(hidden.commitment.text)",
                "/v1/ledger/proof/inclusion?leaf_hash=\(hidden.leafHash.base64URL)",
                "/evidence/tile/0/000", "/evidence/tile/entries/000", "/evidence/tile/1/000.p/1",
            ] {
                let status = try await reader.get(path).status
                #expect(status == 404, "\(path)")
            }
            let beyond = try await reader.json("/v1/ledger/proof/consistency?from=1&to=256")
            #expect(beyond["pointer"]?.string == "?to")
            let head = try await reader.head()
            #expect(head.size == 255)

            try await service.writer.script("COMMIT")
            let isPublished = try await service.background.publication.covers(last + 1)
            #expect(isPublished)
            let found = try await reader.json("/v1/ledger/entries?commitment=\(hidden.commitment.text)")
            #expect(found["entries"]?.array?.first?["index"]?.int == last)
            let full = try await reader.get("/evidence/tile/0/000")
            #expect(full.body.count == 8_192)
        }
    }
}

/// What a query needs of base64.
private func percentEncoded(_ text: String) -> String {
    text.replacing("+", with: "%2B").replacing("/", with: "%2F").replacing("=", with: "%3D")
}
