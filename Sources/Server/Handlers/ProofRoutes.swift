internal import CanonicalJSON
internal import Crypto
internal import HTTP
internal import Service
internal import Transparency

/// Proofs between any two sizes up to the published one, also those no checkpoint was ever made for.
enum ProofRoutes {
    /// The proof that an entry is in the tree of `size` (RFC 9162, section 2.1.3).
    @Sendable static func inclusion(_ exchange: Exchange) async throws -> Response {
        let query = try exchange.query(known: ["index", "leaf_hash", "size"])
        let ledger = try await exchange.ledger
        let size = try exchange.number(query["size"], "size", in: 0...ledger.size, standard: ledger.size)
        let index = try await self.index(query, below: size, exchange, ledger)
        return try await exchange.answer("application/json", self.caching(query["size"], "\(index)-\(size)")) {
            let hashes = try await ledger.tiles.hashes(ProofPlan.inclusion(of: index, in: size))
            return self.body(["index": .int(index), "size": .int(size)], hashes)
        }
    }

    /// The proof that the tree of `to` continues the tree of `from` (RFC 9162, section 2.1.4).
    ///
    /// Every tree continues the empty one and itself; the proof of that has no hashes.
    @Sendable static func consistency(_ exchange: Exchange) async throws -> Response {
        let query = try exchange.query(known: ["from", "to"])
        let ledger = try await exchange.ledger
        let to = try exchange.number(query["to"], "to", in: 0...ledger.size, standard: ledger.size)
        guard let text = query["from"] else { throw Problem.invalid("?from", "Name the earlier size.") }
        let from = try exchange.number(text, "from", in: 0...to, standard: to)
        return try await exchange.answer("application/json", self.caching(query["to"], "\(from)-\(to)")) {
            let hashes = try await ledger.tiles.hashes(ProofPlan.consistency(from: from, to: to))
            return self.body(["from": .int(from), "to": .int(to)], hashes)
        }
    }

    /// The proof that the published tree continues the one of `from`, as a COSE receipt (RFC 9942).
    @Sendable static func consistencyReceipt(_ exchange: Exchange) async throws -> Response {
        let query = try exchange.query(known: ["from"])
        let ledger = try await exchange.ledger
        guard let text = query["from"] else { throw Problem.invalid("?from", "Name the earlier size.") }
        let from = try exchange.number(text, "from", in: 0...ledger.size, standard: 0)
        guard from > 0 else { throw Problem.invalid("?from", "Every tree continues the empty one: nothing is signed.") }
        return try await exchange.answer("application/cose", .whileTagged("\(from)-\(ledger.size)")) {
            let hashes = try await ledger.tiles.hashes(ProofPlan.consistency(from: from, to: ledger.size))
            return ConsistencyReceipt(
                from: from, to: ledger.tree, hashes: hashes,
                signedBy: exchange.authority.keys.credentials
            ).encoded
        }
    }

    /// The index the query names, in itself or by a leaf hash; it is in the tree of `size`.
    private static func index(
        _ query: [String: String], below size: Int64, _ exchange: Exchange, _ ledger: PublishedLedger
    ) async throws -> Int64 {
        switch (query["index"], query["leaf_hash"]) {
        case (let text?, nil):
            let index = try exchange.number(text, "index", in: 0...Int64.max, standard: 0)
            guard index < size else {
                throw Problem.invalid("?index", "The tree of \(size) entries has none at this index.")
            }
            return index
        case (nil, let text?):
            let found = try await ledger.entries(withLeafHashes: [EntryRoutes.leafHash(text)])
            guard let index = found.first?.index, index < size else { throw Problem.notFound }
            return index
        case (nil, nil): throw Problem.invalid("?index", "Say which entry: by its index or its leaf_hash.")
        case (_?, _?): throw Problem.invalid("?leaf_hash", "Ask by index or by leaf hash, not by both.")
        }
    }

    /// A proof between sizes that were named never changes; one for the published size does when that grows.
    private static func caching(_ size: String?, _ tag: String) -> Caching {
        size == nil ? .whileTagged(tag) : .forEver
    }

    private static func body(_ members: [String: JSON], _ hashes: [Digest]) -> [UInt8] {
        let whole = members.merging(["hashes": .array(hashes.map { .string($0.base64) })]) { $1 }
        return Array(JSON.object(whole).canonical.utf8)
    }
}
