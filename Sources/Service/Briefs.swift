public import Postgres
internal import Reputation
internal import Scoring
internal import Store

/// Briefs that are missing, written with their turns from the evidence they follow from.
public enum Briefs {
    /// Facts read and written at once.
    private static let step: Int64 = 5_000

    /// Writes what is missing and returns how many that were.
    public static func complete(on connection: Connection) async throws -> Int64 {
        try await connection.transaction { connection in try self.complete(on: connection) }
    }

    /// Writes all of them anew, whatever there is. Others see the old ones until all are written: by them an erasure finds
    /// whose facts there are.
    public static func rewrite(on connection: Connection) async throws -> Int64 {
        try await connection.transaction { connection in
            try connection.deleteBriefs()
            try connection.deleteTurns()
            return try self.complete(on: connection)
        }
    }

    private static func complete(on connection: isolated Connection) throws -> Int64 {
        var written: Int64 = 0
        var last: Int64 = -1
        while true {
            let rows = try connection.evidenceWithoutBrief(after: last, limit: self.step)
            let facts = try rows.map { row in
                let evidence = try Evidence(parsing: row.document.utf8)
                return (fact: Fact(evidence, entry: row.entry, by: .service), account: row.account)
            }
            try connection.append(facts.map { StoredBrief($0.fact, account: $0.account) })
            try connection.append(facts.flatMap { $0.fact.turns.stored(account: $0.account, entry: $0.fact.entry) })
            written += Int64(rows.count)
            guard let entry = rows.last?.entry else { return written }
            last = entry
        }
    }
}

extension StoredBrief {
    /// The brief of `fact`, which is about the account of our number `account`.
    init(_ fact: Fact, account: Int64) {
        self.init(entryIndex: fact.entry, account: account, bytes: Brief.encode(fact))
    }
}
