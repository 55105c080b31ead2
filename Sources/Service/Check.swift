public import Postgres
internal import Store
internal import Transparency

/// Recomputes the ledger from its rows and compares: entries → leaf hashes → tiles → root → checkpoints → what was
/// shown; and everything stored beside it → commitment → entry. It reads one snapshot, so it can run beside a service
/// that writes.
public struct Check: Sendable {
    let authority: Authority
    private let highWater: HighWater?
    private let statements: KeyStatements?

    /// A check against this authority's keys and, where they are given, what the high-water file says was shown and the
    /// state directory says of keys.
    public init(authority: Authority, highWater: HighWater? = nil, statements: KeyStatements? = nil) {
        self.authority = authority
        self.highWater = highWater
        self.statements = statements
    }

    /// A check against all that the state directory knows.
    public init(authority: Authority, directory: StateDirectory) {
        self.init(authority: authority, highWater: directory.highWater, statements: directory.statements)
    }

    /// Checks everything; what is wrong is reported, not thrown.
    public func run(on connection: Connection) async throws -> CheckReport {
        // The mark only rises: as it was before the snapshot the head must reach it, as it is after the snapshot it must
        // reach what was published in it.
        let before = self.mark()
        var (report, published) = try await connection.transaction { connection in
            try connection.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            var report = CheckReport()
            let audit = try self.audit(mark: before.head, on: connection)
            report.entries = audit.rows
            report.add(audit.findings())
            for trigger in try connection.triggers() where trigger.state != .on {
                report.add(
                    .trigger, "the trigger \(trigger)",
                    trigger.state == .off ? "is switched off" : "is not there; make it again as its migration has it")
            }
            for key in try self.keys(on: connection) { report.add([key.finding]) }
            try self.checkRecords(&report, on: connection)
            try self.checkErasures(&report, on: connection)
            return (report, audit.signedPublished?.head.size ?? 0)
        }
        if let finding = self.finding(of: self.mark(), published: published) { report.add([finding]) }
        return report
    }

    /// Reads entries and tiles, and what the head, the published checkpoint and `mark` say of them.
    func audit(mark: TreeHead?, on connection: isolated Connection) throws -> TreeAudit {
        let ledger = Ledger(authority: self.authority)
        let book = try self.book(on: connection)
        var audit = TreeAudit(
            head: try connection.ledgerHead(), published: try LedgerHead.read(connection.run(.publishedCheckpoint)),
            mark: mark, stored: try connection.allTiles(), verified: { ledger.checkpoint(of: $0, knowing: book) })
        try connection.eachEntryRow { audit.take($0) }
        audit.finish()
        return audit
    }

    /// What the state directory says of keys; nothing where it is not at hand.
    func stated() throws -> [KeyRecord] { try self.statements?.all() ?? [] }

    /// What the high-water file says.
    enum Mark {
        case none
        case head(TreeHead)
        case unreadable(HighWaterError)

        var head: TreeHead? { if case .head(let head) = self { head } else { nil } }
    }

    func mark() -> Mark {
        guard let highWater else { return .none }
        do throws(HighWaterError) {
            return try highWater.last().map { .head($0) } ?? .none
        } catch {
            return .unreadable(error)
        }
    }

    func finding(of mark: Mark, published: Int64) -> Finding? {
        guard let highWater, published > 0 else { return nil }
        let problem: String
        switch mark {
        case .none: problem = "is missing, and a checkpoint of \(published) entries was shown"
        case .unreadable(let error): problem = "cannot be used (\(error))"
        case .head(let head):
            guard head.size < published else { return nil }
            problem = "says \(head.size) entries, and a checkpoint of \(published) was shown"
        }
        return Finding(kind: .highWater, place: highWater.path, problem: problem)
    }
}
