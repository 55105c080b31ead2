public import Postgres

extension SQL {
    /// How the commits among the facts at `entries` are signed: entry, state, the key's fingerprint or null, and whether
    /// `developer` has proved to hold that key, for an account that is still linked.
    public static func signatures(of entries: [Int64], claimedBy developer: Int64) -> SQL {
        """
        SELECT e.entry_index, s ->> 'state', s ->> 'key',
            EXISTS (
                SELECT FROM proofs p JOIN linked_accounts l ON l.account = p.account AND l.developer = p.developer
                WHERE p.developer = \(developer) AND p.key_fingerprint = s ->> 'key')
        FROM evidence e, LATERAL (SELECT e.document::json -> 'signature') AS d (s)
        WHERE e.entry_index = ANY(\(entries)) AND s IS NOT NULL
        """
    }
}
