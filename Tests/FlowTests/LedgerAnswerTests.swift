import CanonicalJSON
import HTTP
import Testing
import Transparency

/// What the ledger answers to questions it has no proof for, and to those at the edge of what there is.
@Suite struct LedgerAnswerTests {
    @Test func `the empty log has a checkpoint, continues itself, and has nothing else`() async throws {
        try await RunningService.with { service in
            let reader = LedgerReader(service: service)
            let head = try await reader.head()
            #expect(head == .empty)
            for path in ["?from=0", "?from=0&to=0"] {
                let proof = try await reader.json("/v1/ledger/proof/consistency\(path)")
                #expect(proof == ["from": 0, "to": 0, "hashes": []])
            }
            for (path, status) in [
                ("/v1/ledger/entries/0", 404), ("/v1/ledger/entries/0.tlog-proof", 404),
                ("/v1/ledger/entries/0.receipt", 404), ("/v1/ledger/proof/inclusion?index=0", 422),
                ("/v1/ledger/proof/inclusion?index=0&size=0", 422), ("/v1/ledger/proof/consistency?from=0&to=1", 422),
                ("/v1/ledger/proof/consistency.receipt?from=0", 422), ("/evidence/tile/0/000", 404),
                ("/evidence/tile/0/000.p/1", 404), ("/evidence/tile/entries/000.p/1", 404),
            ] {
                let answer = try await reader.get(path).status
                #expect(answer == status, "\(path)")
            }
        }
    }

    /// Paths of a log of 3 entries; where the fault is; the status.
    private static let faults: [(path: String, pointer: String?, status: Int)] = [
        ("/v1/ledger/entries/3", nil, 404), ("/v1/ledger/entries/-1", nil, 404), ("/v1/ledger/entries/00", nil, 404),
        ("/v1/ledger/entries/+0", nil, 404), ("/v1/ledger/entries/9223372036854775807", nil, 404),
        ("/v1/ledger/entries/9223372036854775808", nil, 404), ("/v1/ledger/entries/3.receipt", nil, 404),
        ("/v1/ledger/entries/x.tlog-proof", nil, 404), ("/v1/ledger/entries/0.tlog-proof.receipt", nil, 404),
        ("/v1/ledger/entries", "?leaf_hash", 422), ("/v1/ledger/entries?index=0", "?index", 422),
        ("/v1/ledger/entries?leaf_hash=", "?leaf_hash", 422), ("/v1/ledger/entries?leaf_hash=AAAA", "?leaf_hash", 422),
        ("/v1/ledger/entries?leaf_hash=\(unknown)A", "?leaf_hash", 422),
        ("/v1/ledger/entries?leaf_hash=++++\(unknown.dropFirst(4))%3D", "?leaf_hash", 422),
        ("/v1/ledger/entries?leaf_hash=\(unknown)", nil, 404),
        ("/v1/ledger/entries?leaf_hash=\(unknown)%3D", nil, 404),
        ("/v1/ledger/entries?commitment=\(unknown)", nil, 404),
        ("/v1/ledger/entries?commitment=\(unknown)%3D", "?commitment", 422),
        ("/v1/ledger/entries?commitment=\(unknown)&leaf_hash=\(unknown)", "?commitment", 422),
        ("/v1/ledger/proof/inclusion", "?index", 422), ("/v1/ledger/proof/inclusion?index=3", "?index", 422),
        ("/v1/ledger/proof/inclusion?index=2&size=2", "?index", 422),
        ("/v1/ledger/proof/inclusion?index=0&size=0", "?index", 422),
        ("/v1/ledger/proof/inclusion?index=0&size=4", "?size", 422),
        ("/v1/ledger/proof/inclusion?index=0&size=-1", "?size", 422),
        ("/v1/ledger/proof/inclusion?index=-1", "?index", 422), ("/v1/ledger/proof/inclusion?index=01", "?index", 422),
        ("/v1/ledger/proof/inclusion?index=%2B1", "?index", 422), ("/v1/ledger/proof/inclusion?index=", "?index", 422),
        ("/v1/ledger/proof/inclusion?index=1e1", "?index", 422),
        ("/v1/ledger/proof/inclusion?index=9223372036854775807", "?index", 422),
        ("/v1/ledger/proof/inclusion?index=9223372036854775808", "?index", 422),
        ("/v1/ledger/proof/inclusion?index=0&size=99999999999999999999", "?size", 422),
        ("/v1/ledger/proof/inclusion?index=0&index=1", "?index", 422),
        ("/v1/ledger/proof/inclusion?index=0&leaf_hash=\(unknown)", "?leaf_hash", 422),
        ("/v1/ledger/proof/inclusion?leaf_hash=\(unknown)", nil, 404),
        ("/v1/ledger/proof/inclusion?leaf_hash=x", "?leaf_hash", 422),
        ("/v1/ledger/proof/consistency", "?from", 422), ("/v1/ledger/proof/consistency?to=3", "?from", 422),
        ("/v1/ledger/proof/consistency?from=2&to=1", "?from", 422),
        ("/v1/ledger/proof/consistency?from=1&to=4", "?to", 422),
        ("/v1/ledger/proof/consistency?from=4", "?from", 422), ("/v1/ledger/proof/consistency?from=-1", "?from", 422),
        ("/v1/ledger/proof/consistency?from=1&size=2", "?size", 422),
        ("/v1/ledger/proof/consistency.receipt", "?from", 422),
        ("/v1/ledger/proof/consistency.receipt?from=0", "?from", 422),
        ("/v1/ledger/proof/consistency.receipt?from=4", "?from", 422),
        ("/v1/ledger/proof/consistency.receipt?from=1&to=2", "?to", 422),
        ("/evidence/tile/0/000", nil, 404), ("/evidence/tile/0/000.p/4", nil, 404),
        ("/evidence/tile/0/000.p/256", nil, 404), ("/evidence/tile/1/000.p/1", nil, 404),
        ("/evidence/tile/0/001.p/1", nil, 404), ("/evidence/tile/entries/000.p/4", nil, 404),
        ("/evidence/tile/entries/x009/x223/x372/x036/x854/x775/807", nil, 404),
        ("/evidence/tile/0/x009/x223/x372/x036/x854/x775/807.p/1", nil, 404), ("/evidence/tile/64/000", nil, 404),
    ]
    private static let unknown = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

    @Test func `a question without an answer gets its place named, or the 404 everything absent gets`() async throws {
        try await RunningService.withLog(of: 3) { reader in
            let absent = try await reader.json("/v1/nothing")
            for fault in Self.faults {
                let answer = try await reader.get(fault.path)
                #expect(answer.status == fault.status, "\(fault.path)")
                #expect(answer.headers["Content-Type"] == "application/problem+json", "\(fault.path)")
                let problem = try JSON(parsing: answer.body)
                #expect(problem["pointer"]?.string == fault.pointer, "\(fault.path)")
                if fault.status == 404 { #expect(problem["detail"] == absent["detail"], "\(fault.path)") }
            }
        }
    }

    @Test func `a size no checkpoint was made for has its proofs all the same`() async throws {
        try await RunningService.withLog(of: 3) { reader in
            let bundle = try await reader.get("/evidence/tile/entries/000.p/2")
            let leaves = try EntryBundle.decode(bundle.body).map { MerkleTree.leafHash($0) }
            let tree = TreeHead(size: 2, root: MerkleTree.root(of: leaves))
            let proof = try await reader.json("/v1/ledger/proof/inclusion?index=1&size=2")
            try tree.verifyInclusion(of: leaves[1], at: 1, proof: LedgerReader.hashes(proof))
            let alone = try await reader.json("/v1/ledger/proof/inclusion?index=0&size=1")
            #expect(alone == ["index": 0, "size": 1, "hashes": []])
            let same = try await reader.json("/v1/ledger/proof/consistency?from=2&to=2")
            #expect(same == ["from": 2, "to": 2, "hashes": []])
        }
    }
}
