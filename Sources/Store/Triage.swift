public import Postgres

extension SQL {
    /// Among the first `size` entries, what others did to the issues that accounts of `developer` triaged, in ledger
    /// order, in the columns of the other `evidence…` queries: it may undo the triage.
    public static func triageByOthers(ofDeveloper developer: Int64, in size: Int64) -> SQL {
        """
        SELECT o.entry_index, o.commitment, o.salt, o.document
        FROM (
            SELECT DISTINCT e.project, e.document::jsonb -> 'object' ->> 'unit' AS issue
            FROM evidence e JOIN linked_accounts l ON l.account = e.account
            WHERE l.developer = \(developer) AND e.type = 'issue_triaged' AND e.entry_index < \(size)
        ) own
        JOIN evidence o ON o.project = own.project AND o.document::jsonb -> 'object' ->> 'unit' = own.issue
        WHERE o.type = 'issue_triaged' AND o.entry_index < \(size)
            AND NOT EXISTS (SELECT FROM linked_accounts l WHERE l.developer = \(developer) AND l.account = o.account)
        ORDER BY o.entry_index
        """
    }
}

extension Connection {
    /// The developers who triaged one of the issues `units`, each in the project at the same place of `projects`.
    public func developers(whoTriaged units: [String], in projects: [Int64]) throws -> [Int64] {
        guard !units.isEmpty else { return [] }
        return try self.run(
            """
            SELECT DISTINCT l.developer
            FROM unnest(\(projects), \(units)) AS changed (project, unit)
            JOIN evidence e ON e.project = changed.project AND e.document::jsonb -> 'object' ->> 'unit' = changed.unit
            JOIN linked_accounts l ON l.account = e.account
            WHERE e.type = 'issue_triaged'
            """
        ).map { try $0.int(0) }
    }
}
