public import Postgres

/// What the running service does beside answering: record, publish, refresh, renew.
public struct Background: Sendable {
    /// Records facts.
    public let sequencer: Sequencer
    /// Shows the ledger.
    public let publication: Publication
    /// Keeps profiles as the ledger has them.
    public let refresher: Refresher
    /// Reckons profiles on demand.
    public let history: History
    /// The tiles that never change, as far as they are in memory.
    public let tiles: TileCache
    private let renewal: Renewal
    private let warming: TileWarming

    /// Opens a connection for each, begins the ledger where there is none, and shows it as it is.
    ///
    /// - Throws: `PublicationError` when the ledger may not go on from what the database has; then nothing was signed.
    public static func open(
        authority: Authority, highWater: HighWater, connect: (_ name: String) async throws -> Connection
    ) async throws -> Background {
        let publication = Publication(
            authority: authority, highWater: highWater, on: try await connect("standingd publication"))
        let refreshing = try await connect("standingd refresher")
        // After a start it reckons with the whole ledger once, which takes long where that is large.
        await refreshing.giveWay()
        let refresher = Refresher(authority: authority, on: refreshing)
        let writers = [try await connect("standingd sequencer"), try await connect("standingd sequencer")]
        try await publication.check()
        try await Ledger(authority: authority).begin(on: writers[0])
        do {
            try await publication.publish()
        } catch let error as PublicationError where error.isPassing {
            // What was shown stays; the first turn reports it and tries again.
        }
        let tiles = TileCache()
        return Background(
            sequencer: Sequencer(
                authority: authority, publication: publication, refresher: refresher, on: writers),
            publication: publication, refresher: refresher,
            history: History(authority: authority, on: try await connect("standingd history")),
            tiles: tiles, renewal: Renewal(authority: authority, on: refreshing),
            warming: TileWarming(cache: tiles, connection: refreshing))
    }

    /// Works until cancelled; `report` hears of each turn that failed and will be tried again.
    public func run(report: @Sendable @escaping (_ part: String, _ error: any Error) -> Void) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { try await self.sequencer.run() }
            group.addTask { try await self.publication.run { report("publication", $0) } }
            group.addTask { try await self.refresher.run { report("refresher", $0) } }
            group.addTask { try await self.renewal.run { report("renewal", $0) } }
            group.addTask { try await self.warming.run { report("tiles", $0) } }
        }
    }
}
