internal import Crypto
internal import Postgres
internal import Service
internal import Store
internal import Transparency

/// The ledger as one request sees it: what is published, and nothing past it.
struct PublishedLedger: Sendable {
    /// The log's name.
    let origin: String
    /// The published tree; before the first entry the empty one.
    let tree: TreeHead
    /// The checkpoint that says so, with its signatures (C2SP signed note).
    let checkpoint: String
    /// Its tiles.
    let tiles: PublishedTiles
    private let reads: ReadPipeline

    init(_ exchange: Exchange) async throws {
        self.reads = exchange.reads
        guard let head = try await exchange.shownHead else { throw Problem.notFound }
        self.origin = head.origin
        self.tree = TreeHead(head)
        self.checkpoint = head.note
        self.tiles = PublishedTiles(
            size: head.size, cache: exchange.application.tiles, reads: exchange.reads)
    }

    /// How many entries it has.
    var size: Int64 { self.tree.size }

    /// What answers that name the checkpoint are tagged with: it changes with every signature under it, too.
    var tag: String { SHA256.hash(self.checkpoint.utf8).base64URL }

    /// The checkpoint, read.
    func note() throws -> SignedNote { try SignedNote(parsing: self.checkpoint.utf8) }

    /// The entry at `index`, which must be published.
    func entry(at index: Int64) async throws -> LedgerEntry {
        guard let entry = try LedgerEntry.read(await self.reads.run(.entries(from: index, count: 1))).first else {
            throw DamagedRow(table: "entries")
        }
        return entry
    }

    /// The published entries among those with one of `leafHashes`, each with its index, in order.
    func entries(withLeafHashes leafHashes: [Digest]) async throws -> [(index: Int64, entry: LedgerEntry)] {
        try LedgerEntry.read(
            await self.reads.run(.entries(withLeafHashes: leafHashes, below: self.size)), withLeafHashes: leafHashes)
    }

    /// The proof that entry `index` is in the published tree.
    func inclusion(of index: Int64) async throws -> [Digest] {
        try await self.tiles.hashes(ProofPlan.inclusion(of: index, in: self.size))
    }
}

extension Exchange {
    /// The checkpoint strangers see, nil before the log was begun.
    var shownHead: LedgerHead? {
        get async throws { try await self.application.background.publication.shownHead(self.reads) }
    }

    /// The ledger as it is published now.
    var ledger: PublishedLedger { get async throws { try await PublishedLedger(self) } }
}
