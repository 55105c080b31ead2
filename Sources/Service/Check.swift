public import CanonicalJSON
internal import Credentials
internal import Crypto
public import Postgres
internal import Reputation
internal import Store
internal import Transparency

/// What a check of the ledger found.
public struct CheckReport: Sendable {
    /// Entries and facts that were recomputed.
    public var entries: Int64 = 0
    /// See `accounts`.
    public var evidence: Int64 = 0
    /// What is not as it should be: each says where.
    public var problems: [String] = []

    /// The report as `--json` prints it.
    public var json: JSON {
        [
            "entries": .int(self.entries), "evidence": .int(self.evidence),
            "problems": .array(self.problems.map(JSON.string)),
        ]
    }
}

/// Recomputes the ledger from its rows and compares: entries → leaf hashes → tiles → root → checkpoint, and every fact's
/// text → commitment → entry. It reads one snapshot, so it can run beside a service that writes.
public struct Check: Sendable {
    let authority: Authority

    /// A check against this authority's keys.
    public init(authority: Authority) { self.authority = authority }

    /// Checks everything; problems are reported, up to 100 of them, not thrown.
    public func run(on connection: Connection) async throws -> CheckReport {
        try await connection.transaction { connection in
            try connection.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            var report = CheckReport()
            let head = try connection.ledgerHead()
            try self.checkTree(head, &report, on: connection)
            try self.checkEvidence(&report, on: connection)
            try self.checkErasures(&report, on: connection)
            return report
        }
    }

    private func checkTree(_ head: LedgerHead?, _ report: inout CheckReport, on connection: isolated Connection) throws
    {
        let stored = try connection.allTiles()
        var expected: [TilePlace: [UInt8]] = [:]
        var frontier = Frontier()
        var leaves: [Digest] = []
        func flush() {
            for tile in frontier.append(leaves) {
                let tile = StoredTile(tile)
                expected[TilePlace(tile)] = tile.hashes
            }
            leaves.removeAll(keepingCapacity: true)
        }
        try connection.eachEntry { index, entry in
            let next = report.entries
            if index != next { report.add("entry \(next) is missing: the next one there is \(index)") }
            report.entries = index + 1
            leaves.append(entry.leafHash)
            if leaves.count == 4_096 { flush() }
        }
        flush()
        for (place, hashes) in expected where stored[place] != hashes {
            report.add("tile \(place) does not hold the hashes of its entries")
        }
        for place in stored.keys where expected[place] == nil { report.add("tile \(place) should not be there") }
        self.check(head, against: frontier, &report)
    }

    private func check(_ head: LedgerHead?, against frontier: Frontier, _ report: inout CheckReport) {
        guard let head else {
            if frontier.size > 0 { report.add("there are \(frontier.size) entries and no head") }
            return
        }
        if head.size != frontier.size {
            report.add("the head says \(head.size) entries and there are \(frontier.size)")
        }
        if head.root != frontier.root.bytes { report.add("the head's root is not the hash of the entries") }
        if !Ledger(authority: self.authority).verifies(head) {
            report.add(
                "the checkpoint is not signed by this service's ledger key, or says something else than the head")
        }
    }

    private func checkEvidence(_ report: inout CheckReport, on connection: isolated Connection) throws {
        let strays = try connection.strayEvidence()
        if strays > 0 { report.add("\(strays) facts name an entry, an account or a project that is not there") }
        try connection.eachCommittedEvidence { row, entry in
            report.evidence += 1
            let place = "the fact of entry \(row.entryIndex)"
            if entry.commitment.text != row.commitment || entry.kind != .evidence {
                report.add("\(place) is not what the entry commits to")
            }
            do {
                let value = try JSON(parsing: row.document.utf8)
                _ = try Evidence(document: value)
                if value.canonical != row.document { report.add("\(place) is not in canonical form") }
                if Disclosure(value, salt: row.salt).digest.base64URL != row.commitment {
                    report.add("\(place) has another text than was committed to")
                }
            } catch {
                report.add("\(place) cannot be read: \(error)")
            }
        }
    }
}

extension CheckReport {
    mutating func add(_ problem: String) {
        if self.problems.count < 100 { self.problems.append(problem) }
    }
}
