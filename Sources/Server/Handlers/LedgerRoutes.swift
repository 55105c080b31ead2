internal import CanonicalJSON
internal import Crypto
internal import HTTP
internal import Postgres
internal import Service
internal import Store
internal import Transparency

/// The ledger as strangers read it: C2SP tlog-tiles under `/evidence/`, and proofs as JSON for convenience.
enum LedgerRoutes {
    private static let octets = ("Content-Type", "application/octet-stream")
    private static let forEver = ("Cache-Control", "public, max-age=31536000, immutable")

    /// The signed checkpoint (C2SP tlog-checkpoint).
    @Sendable static func checkpoint(_ exchange: Exchange) async throws -> Response {
        let head = try await self.head(exchange)
        return Response(
            status: 200,
            headers: [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-cache")],
            body: Array(head.note.utf8))
    }

    /// The verifier key of the checkpoint's signature (C2SP signed-note vkey).
    @Sendable static func verifierKey(_ exchange: Exchange) async throws -> Response {
        let head = try LedgerHead.read(await exchange.reads.run(.publishedCheckpoint))
        let key = Ledger(authority: exchange.authority).verifierKey(origin: head?.origin)
        return Response(
            status: 200, headers: [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-cache")],
            body: Array((key.text + "\n").utf8))
    }

    /// A tile of hashes or of entries (C2SP tlog-tiles), full or the prefix asked for.
    ///
    /// A partial tile is a prefix of the stored one, so every width up to the present one is served for ever.
    @Sendable static func tile(_ exchange: Exchange) async throws -> Response {
        guard let tile = Tile(path: "tile/" + exchange["path"]) else { throw Problem.notFound }
        switch tile.kind {
        case .hashes(let level):
            let rows = try await exchange.reads.run(.tile(level: Int64(level), index: tile.number))
            guard let stored = try StoredTile.read(rows).first, stored.hashes.count >= tile.width * 32 else {
                throw Problem.notFound
            }
            return self.octets(Array(stored.hashes.prefix(tile.width * 32)))
        case .entries:
            guard tile.number < Int64.max / 512 else { throw Problem.notFound }
            let entries = try LedgerEntry.read(
                await exchange.reads.run(.entries(from: tile.number * 256, count: Int64(tile.width))))
            guard entries.count == tile.width else { throw Problem.notFound }
            return self.octets(EntryBundle.encode(entries.map { Array($0.text.utf8) }))
        }
    }

    private static func octets(_ bytes: [UInt8]) -> Response {
        Response(status: 200, headers: [self.octets, self.forEver], body: bytes)
    }

    /// One entry with its leaf hash and a proof of inclusion in the present head.
    @Sendable static func entry(_ exchange: Exchange) async throws -> Response {
        let head = try await self.head(exchange)
        guard let index = Int64(exchange["index"]), index >= 0, index < head.size,
            let entry = try LedgerEntry.read(await exchange.reads.run(.entries(from: index, count: 1))).first
        else { throw Problem.notFound }
        let hashes = try await self.hashes(ProofPlan.inclusion(of: index, in: head.size), exchange)
        return .json([
            "index": .int(index), "kind": .string(entry.kind.rawValue), "commitment": .string(entry.commitment.text),
            "entry": .string(entry.text), "leaf_hash": .string(entry.leafHash.base64),
            "size": .int(head.size), "hashes": .array(hashes), "checkpoint": .string(head.note),
        ])
    }

    /// The proof that entry `index` is in the tree of `size` (RFC 9162, section 2.1.3).
    @Sendable static func inclusion(_ exchange: Exchange) async throws -> Response {
        let query = try exchange.query(known: ["index", "size"])
        let head = try await self.head(exchange)
        let size = try exchange.number(query["size"], "size", in: 0...head.size, standard: head.size)
        guard let text = query["index"] else { throw Problem.invalid("?index", "Name an entry by its index.") }
        guard size > 0 else { throw Problem.invalid("?index", "A log of size 0 has no entries.") }
        let index = try exchange.number(text, "index", in: 0...(size - 1), standard: 0)
        let hashes = try await self.hashes(ProofPlan.inclusion(of: index, in: size), exchange)
        return .json(["index": .int(index), "size": .int(size), "hashes": .array(hashes)])
    }

    /// The proof that the tree of `to` continues the tree of `from` (RFC 9162, section 2.1.4).
    @Sendable static func consistency(_ exchange: Exchange) async throws -> Response {
        let query = try exchange.query(known: ["from", "to"])
        let head = try await self.head(exchange)
        let to = try exchange.number(query["to"], "to", in: 0...head.size, standard: head.size)
        guard let text = query["from"] else { throw Problem.invalid("?from", "Name the earlier size.") }
        let from = try exchange.number(text, "from", in: 0...to, standard: to)
        let hashes = try await self.hashes(ProofPlan.consistency(from: from, to: to), exchange)
        return .json(["from": .int(from), "to": .int(to), "hashes": .array(hashes)])
    }

    /// The head that is shown: nothing a stranger sees is of a later one.
    private static func head(_ exchange: Exchange) async throws -> LedgerHead {
        guard let head = try LedgerHead.read(await exchange.reads.run(.publishedCheckpoint)) else {
            throw Problem.notFound
        }
        return head
    }

    private static func hashes(_ plan: ProofPlan, _ exchange: Exchange) async throws -> [JSON] {
        let tiles = plan.tiles
        let stored = try TileSet.read(await exchange.reads.run(.tiles(tiles)), tiles)
        return try plan.hashes(from: stored).map { .string($0.base64) }
    }
}
