public import Postgres

/// The part one fact has in what several people's facts are about.
public struct StoredTurn: Sendable {
    /// What it is about, as a hash of project and object.
    public let matter: Int64
    /// The part, as `Scoring` numbers it.
    public let turn: Int16
    /// Our number of the account the fact is about.
    public let account: Int64
    /// The fact's place in the ledger.
    public let entryIndex: Int64

    /// A part.
    public init(matter: Int64, turn: Int16, account: Int64, entryIndex: Int64) {
        self.matter = matter
        self.turn = turn
        self.account = account
        self.entryIndex = entryIndex
    }
}

extension SQL {
    /// The briefs, among the first `size` entries, of the facts that have in each of `matters` the part at the same place
    /// of `turns`.
    public static func briefs(havingPartIn matters: [Int64], as turns: [Int16], in size: Int64) -> SQL {
        """
        SELECT b.entry_index, b.account, b.brief
        FROM (
            SELECT DISTINCT t.entry_index
            FROM unnest(\(matters), \(turns)) AS wanted (matter, turn)
            JOIN turns t ON t.matter = wanted.matter AND t.turn = wanted.turn
            WHERE t.entry_index < \(size)
        ) AS found
        -- Not a join, of which the planner reckons with a look into every partition.
        CROSS JOIN LATERAL (SELECT * FROM briefs WHERE briefs.entry_index = found.entry_index OFFSET 0) AS b
        """
    }

    /// The accounts, by our numbers, whose facts have in one of `matters` the part at the same place of `turns`, as long as
    /// a developer has claimed them.
    public static func accounts(havingPartIn matters: [Int64], as turns: [Int16]) -> SQL {
        """
        SELECT DISTINCT t.account
        FROM unnest(\(matters), \(turns)) AS wanted (matter, turn)
        JOIN turns t ON t.matter = wanted.matter AND t.turn = wanted.turn
        WHERE EXISTS (SELECT FROM linked_accounts l WHERE l.account = t.account)
        """
    }
}

extension Connection {
    /// Keeps `turns`, whose evidence is there or comes in the same transaction.
    public func append(_ turns: [StoredTurn]) throws {
        guard !turns.isEmpty else { return }
        try self.copy(turns, into: "turns (matter, turn, account, entry_index)") {
            ($0.matter, $0.turn, $0.account, $0.entryIndex)
        }
    }

    /// Takes all of them away, to write them anew with the briefs.
    public func deleteTurns() throws { try self.run("DELETE FROM turns") }
}
