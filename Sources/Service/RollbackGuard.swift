internal import Crypto
internal import Postgres
internal import Reputation
internal import Store
internal import Transparency

/// Decides whether the database may go on: only a ledger that continues whatever was shown of it may sign.
///
/// What was shown is remembered in three places. The high-water file is outside the database and is raised before
/// anything is shown; the published checkpoint is inside and goes back with it; witnesses and monitors are elsewhere.
/// A head that continues all of them, by its tiles and not by its size alone, cannot be a second history.
struct RollbackGuard: Sendable {
    let highWater: HighWater
    /// How far the clock may be behind the last moment it gave, in seconds; within it, moments stay as they were.
    static let clockTolerance: Int64 = 300

    /// Compares the database with the memories; the caller holds the publication's lock, so that none of them moves.
    ///
    /// - Throws: `PublicationError`, `HighWaterError`, `PostgresError`.
    func check(now: Instant, on connection: isolated Connection) throws {
        let head = try connection.ledgerHead()
        let mark = try self.highWater.last()
        if let mark { try self.check(head, continues: mark, on: connection) }
        if let published = try LedgerHead.read(connection.run(.publishedCheckpoint)), published.size > 0 {
            try self.check(head, continues: TreeHead(published), on: connection)
            if (mark?.size ?? -1) < published.size {
                throw PublicationError.highWaterBehind(size: mark?.size, shown: published.size)
            }
        }
        if let last = try connection.newestMoment(), now.seconds + Self.clockTolerance < last.seconds {
            throw PublicationError.clockBehind(now: now, last: last)
        }
    }

    /// Compares the database with what a witness says it has cosigned.
    ///
    /// `size` is how a witness answers our stored, published note sent with `old 0` and no proof (C2SP tlog-witness):
    /// 409 names the size it has. The note must never be signed for the asking: it would be a second history if the
    /// database is one.
    /// - Throws: `PublicationError.witnessed`.
    static func check(_ head: LedgerHead?, witnessed size: Int64, by name: String) throws(PublicationError) {
        guard let head, head.size >= size else {
            throw .witnessed(size: head?.size ?? 0, shown: size, witness: name)
        }
    }

    func check(
        _ head: LedgerHead?, continues shown: TreeHead, on connection: isolated Connection
    ) throws {
        guard shown.size > 0 else { return }
        guard let head, head.size >= shown.size else {
            throw PublicationError.rolledBack(size: head?.size ?? 0, shown: shown.size)
        }
        guard try self.hasBeginning(shown, under: head, on: connection) else {
            throw PublicationError.forked(size: head.size, shown: shown.size)
        }
    }

    /// Whether the tree under `head` has `shown` as its beginning.
    ///
    /// A tile only grows, so those that were growing at the smaller size are still there, as prefixes.
    private func hasBeginning(
        _ shown: TreeHead, under head: LedgerHead, on connection: isolated Connection
    ) throws -> Bool {
        if head.size == shown.size { return TreeHead(head) == shown }
        let tiles = Frontier.growingTiles(size: shown.size)
        do {
            _ = try Frontier(head: shown, tiles: TileSet.read(connection.run(.tiles(tiles)), tiles))
            return true
        } catch is TileError {
            return false
        }
    }
}
