internal import CanonicalJSON
internal import Crypto
internal import HTTP
internal import Postgres
internal import Service
internal import Store
internal import Transparency

/// The ledger as strangers read it with C2SP's tools: the checkpoint, its key, and the tiles under `/evidence/`.
enum LedgerRoutes {
    static let text = "text/plain; charset=utf-8"

    /// The signed checkpoint (C2SP tlog-checkpoint). The empty log has one, too: of size 0, with the hash of nothing.
    @Sendable static func checkpoint(_ exchange: Exchange) async throws -> Response {
        let ledger = try await exchange.ledger
        return try await exchange.answer(self.text, .whileTagged(ledger.tag)) { Array(ledger.checkpoint.utf8) }
    }

    /// The verifier keys of the checkpoint's signatures (C2SP signed-note vkey), one a line, the newest first.
    @Sendable static func verifierKeys(_ exchange: Exchange) async throws -> Response {
        let keys = Ledger(authority: exchange.authority).verifierKeys(origin: try await exchange.ledger.origin)
        let text = keys.map { $0.text + "\n" }.joined()
        let tag = Hex.encode(SHA256.hash(text.utf8).bytes.prefix(8))
        return try await exchange.answer(self.text, .whileTagged(tag)) { Array(text.utf8) }
    }

    /// The keys that sign now, and all that the ledger says of keys: each record with what opens its entry.
    @Sendable static func keys(_ exchange: Exchange) async throws -> Response {
        let ledger = try await exchange.ledger
        let records = try await KeyRecord.read(exchange.reads.run(.issuerKeys))
        let shown = records.filter { $0.entryIndex < ledger.size }
        var members: [String: JSON] = ["records": .array(shown.reversed().map(\.json))]
        for use in KeyRecord.Use.allCases {
            members[use.rawValue] = .array(
                KeyBook.present(use, of: exchange.authority, origin: ledger.origin).map(JSON.string))
        }
        return .json(.object(members))
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
