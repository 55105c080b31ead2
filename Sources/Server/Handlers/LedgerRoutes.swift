internal import CanonicalJSON
internal import Crypto
internal import HTTP
internal import Service
internal import Transparency

/// The ledger as strangers read it with C2SP's tools: the checkpoint, its key, and the tiles under `/evidence/`.
enum LedgerRoutes {
    static let text = "text/plain; charset=utf-8"

    /// The signed checkpoint (C2SP tlog-checkpoint). The empty log has one, too: of size 0, with the hash of nothing.
    @Sendable static func checkpoint(_ exchange: Exchange) async throws -> Response {
        let ledger = try await exchange.ledger
        return try await exchange.answer(self.text, .whileTagged(ledger.tag)) { Array(ledger.checkpoint.utf8) }
    }

    /// The verifier key of the checkpoint's signature (C2SP signed-note vkey).
    @Sendable static func verifierKey(_ exchange: Exchange) async throws -> Response {
        let key = Ledger(authority: exchange.authority).verifierKey(origin: try await exchange.ledger.origin)
        let tag = Hex.encode(SHA256.hash(key.text.utf8).bytes.prefix(8))
        return try await exchange.answer(self.text, .whileTagged(tag)) { Array((key.text + "\n").utf8) }
    }

    /// What a checkpoint of this ledger takes to be relied on: its key, the witnesses and their quorum (C2SP tlog-policy).
    @Sendable static func policy(_ exchange: Exchange) async throws -> Response {
        let key = Ledger(authority: exchange.authority).verifierKey(origin: try await exchange.ledger.origin)
        let settings = exchange.authority.settings
        let policy = settings.policy.accepting(key, url: settings.publicURL + "/evidence").bytes
        let tag = Hex.encode(SHA256.hash(policy).bytes.prefix(8))
        return try await exchange.answer(self.text, .whileTagged(tag)) { policy }
    }

    /// A tile of hashes or of entries (C2SP tlog-tiles), full or the prefix asked for.
    ///
    /// A partial tile is a prefix of the present one, so every width up to that is served, and for ever. A full one comes
    /// from memory after the first time, without a question to the database.
    @Sendable static func tile(_ exchange: Exchange) async throws -> Response {
        guard let tile = Tile(path: "tile/" + exchange["path"]) else { throw Problem.notFound }
        var bytes = exchange.application.tiles.served(tile)
        if bytes == nil { bytes = try await exchange.ledger.tiles.served(tile) }
        guard let bytes else { throw Problem.notFound }
        return try await exchange.answer("application/octet-stream", .forEver) { bytes }
    }
}
