import CanonicalJSON
import Crypto
import Foundation
import Postgres
import Reputation

/// Looks for what an erasure must not leave, in every column of every table.
struct Remains: Sendable {
    /// Names, ids, salts, hashes, texts: as text, and where they are bytes as hex. One in double quotes stands as a whole word.
    var needles: Set<String>

    /// All that `connection`'s database knows of `person` by now.
    static func of(_ person: MadeUpArchive.Person, also names: [String] = [], on connection: Connection) async throws
        -> Remains
    {
        let id = String(person.id)
        var needles: Set<String> = [person.login, id, "login:\(person.login)"]
        needles.formUnion(names)
        let rows = try await connection.run(
            """
            SELECT encode(e.salt, 'hex'), e.identity_hash::text, n.commitment, e.document
            FROM evidence e JOIN entries n ON n.index = e.entry_index JOIN accounts a ON a.id = e.account WHERE a.platform_id = \(id)
            UNION ALL
            SELECT encode(p.salt, 'hex'), p.signature, p.challenge, p.keys_listed
            FROM proofs p JOIN accounts a ON a.id = p.account WHERE a.platform_id = \(id)
            UNION ALL
            SELECT encode(c.salt, 'hex'), c.token, c.id, c.digest FROM credentials c
            JOIN linked_accounts l ON l.developer = c.developer JOIN accounts a ON a.id = l.account WHERE a.platform_id = \(id)
            UNION ALL
            SELECT encode(s.token_hash, 'hex'), encode(s.token_hash, 'hex'), encode(s.token_hash, 'hex'), encode(s.token_hash, 'hex')
            FROM sessions s JOIN linked_accounts l ON l.developer = s.developer
            JOIN accounts a ON a.id = l.account WHERE a.platform_id = \(id)
            """)
        // The commitment of an erased fact stays, in the entry.
        for row in rows { for column in [0, 1, 3] { needles.insert(try row.text(column)) } }
        // The person's mark, as briefs have it: the first bytes of a hash, the last of them first.
        let mark = SHA256.hash("account\u{1F}github\u{1F}\(id)".utf8).bytes.prefix(8).reversed()
        needles.insert(Hex.encode(mark))
        return Remains(needles: needles)
    }

    /// The tables that hold a needle, with the needle's beginning.
    func found(on connection: Connection) async throws -> [String] {
        try await connection.script(
            """
            CREATE OR REPLACE FUNCTION pg_temp.remains(needles text[]) RETURNS TABLE (place text) LANGUAGE plpgsql AS $$
            DECLARE one record;
            BEGIN
                FOR one IN SELECT schemaname, tablename FROM pg_tables WHERE schemaname = 'public' LOOP
                    RETURN QUERY EXECUTE format(
                        'WITH whole AS (
                             SELECT lower(translate(string_agg(t::text, '' ''), ''"\\'', '''')) AS text FROM %2$I.%1$I t)
                         SELECT DISTINCT %1$L || '': '' || left(needle, 60) FROM whole, unnest($1) AS needles (needle)
                         WHERE CASE
                             -- By chance so short a name is in the base64 of bytes that have nothing to do with it.
                             WHEN needle ~ ''^".*"$'' THEN
                                 text ~ (''(^|[^a-z0-9_-])'' || lower(btrim(needle, ''"'')) || ''([^a-z0-9_-]|$)'')
                             ELSE strpos(text, lower(translate(needle, ''"\\'', ''''))) > 0 END
                             -- Seven digits in a row are in the hex of many bytes that have nothing to do with them.
                             AND NOT (%1$L LIKE ''briefs%%'' AND needle ~ ''^[0-9]+$'')',
                        one.tablename, one.schemaname) USING needles;
                END LOOP;
            END $$
            """)
        let places = try await connection.run("SELECT place FROM pg_temp.remains(\(Array(self.needles)))").map {
            try $0.text(0)
        }
        let payloads = try await connection.run("SELECT token FROM credentials").compactMap { row in
            try row.text(0).split(separator: ".").dropFirst().first.flatMap { Base64URL.decode($0) }
        }.map { String(decoding: $0, as: UTF8.self).lowercased() }
        return places
            + self.needles.filter { needle in payloads.contains { $0.contains(needle.lowercased()) } }
            .map { "credentials, within a token: \($0)" }
    }
}
