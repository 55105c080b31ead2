internal import CanonicalJSON
internal import Crypto
internal import HTTP
internal import Service
internal import Transparency

/// One entry of the ledger with its proof, found by its place or by its hash, in each of the forms proofs travel in.
///
/// What is not published yet is answered like what never was.
enum EntryRoutes {
    /// The entry with its leaf hash and a proof of inclusion in the published tree.
    @Sendable static func entry(_ exchange: Exchange) async throws -> Response {
        let (ledger, index) = try await self.find(exchange)
        return try await exchange.answer("application/json", .whileTagged(ledger.tag)) {
            let item = try await self.item(index, ledger.entry(at: index), ledger)
            let whole = item.merging(["size": .int(ledger.size), "checkpoint": .string(ledger.checkpoint)]) { $1 }
            return Array(JSON.object(whole).canonical.utf8)
        }
    }

    /// The proof as a file that verifies offline, with the checkpoint and all its signatures (C2SP tlog-proof).
    @Sendable static func tlogProof(_ exchange: Exchange) async throws -> Response {
        let (ledger, index) = try await self.find(exchange)
        return try await exchange.answer(LedgerRoutes.text, .whileTagged(ledger.tag)) {
            let proof = TlogProof(index: index, hashes: try await ledger.inclusion(of: index), note: try ledger.note())
            return Array(proof.text.utf8)
        }
    }

    /// The proof as a COSE receipt (RFC 9942), signed with the key of the credentials.
    @Sendable static func receipt(_ exchange: Exchange) async throws -> Response {
        let (ledger, index) = try await self.find(exchange)
        return try await exchange.answer("application/cose", .whileTagged(ledger.tag)) {
            Receipt(
                index: index, in: ledger.tree, hashes: try await ledger.inclusion(of: index),
                signedBy: exchange.authority.keys.credentials
            ).encoded
        }
    }

    /// The entries with this leaf hash (one at most) or this commitment (one a kind at most), with their proofs.
    @Sendable static func lookup(_ exchange: Exchange) async throws -> Response {
        let query = try exchange.query(known: ["leaf_hash", "commitment"])
        let hashes: [Digest]
        switch (query["leaf_hash"], query["commitment"]) {
        case (let text?, nil): hashes = [try self.leafHash(text)]
        case (nil, let text?):
            guard let commitment = Commitment(text: text) else {
                throw Problem.invalid("?commitment", "A commitment is the base64url of 32 bytes: 43 characters.")
            }
            hashes = LedgerEntry.Kind.allCases.map { LedgerEntry($0, commitment).leafHash }
        case (nil, nil): throw Problem.invalid("?leaf_hash", "Say which entry: by its leaf_hash or its commitment.")
        case (_?, _?): throw Problem.invalid("?commitment", "Ask by leaf hash or by commitment, not by both.")
        }
        let ledger = try await exchange.ledger
        let found = try await ledger.entries(withLeafHashes: hashes)
        guard !found.isEmpty else { throw Problem.notFound }
        return try await exchange.answer("application/json", .whileTagged(ledger.tag)) {
            var entries: [JSON] = []
            for (index, entry) in found { entries.append(.object(try await self.item(index, entry, ledger))) }
            let whole: JSON = [
                "entries": .array(entries), "size": .int(ledger.size), "checkpoint": .string(ledger.checkpoint),
            ]
            return Array(whole.canonical.utf8)
        }
    }

    /// The hash that a `leaf_hash` parameter writes, in base64 as the answers have it or in base64url.
    static func leafHash(_ text: String) throws(Problem) -> Digest {
        guard let hash = Digest(base64: text) ?? Digest(base64URL: text) else {
            throw .invalid(
                "?leaf_hash",
                "A leaf hash is the base64 or base64url of 32 bytes; in a query, base64's + is written %2B.")
        }
        return hash
    }

    /// The published ledger and the index that the path names; every other path leads nowhere.
    private static func find(_ exchange: Exchange) async throws -> (PublishedLedger, Int64) {
        let ledger = try await exchange.ledger
        guard let index = Int64(exchange["index"]), String(index) == exchange["index"], index >= 0, index < ledger.size
        else { throw Problem.notFound }
        return (ledger, index)
    }

    private static func item(
        _ index: Int64, _ entry: LedgerEntry, _ ledger: PublishedLedger
    ) async throws -> [String: JSON] {
        let hashes = try await ledger.inclusion(of: index)
        return [
            "index": .int(index), "kind": .string(entry.kind.rawValue), "commitment": .string(entry.commitment.text),
            "entry": .string(entry.text), "leaf_hash": .string(entry.leafHash.base64),
            "hashes": .array(hashes.map { .string($0.base64) }),
        ]
    }
}
