internal import Crypto
public import Postgres
internal import Reputation
internal import Scoring
internal import Store
internal import Transparency

/// Why nothing was repaired.
public enum RepairError: Error, Equatable, CustomStringConvertible {
    /// Entries, or what was shown of them, are damaged: from what is left nothing sound can be computed.
    case unsound(Finding)
    /// The head's checkpoint is lost and neither its row nor the tiles confirm the entries past the last one signed.
    case unconfirmed(from: Int64, to: Int64)

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .unsound(let finding): "nothing was repaired, because entries come first: \(finding)"
        case .unconfirmed(let from, let to):
            "nothing was repaired: the head's checkpoint is lost, and neither its row nor the tiles confirm the entries from "
                + "\(from) to \(to - 1): see 'entry' under 'Check says' in deploy/README.md"
        }
    }
}

/// Computes again what can be computed from the entries: tiles, the head, the keys that entries are found by; and switches on
/// again what keeps history from being rewritten. Never an entry.
public struct Repair: Sendable {
    private let check: Check

    /// Repairs by the authority whose keys `check` knows.
    public init(check: Check) { self.check = check }

    /// Repairs all there is in one transaction and returns what it was, with nothing changed when it cannot.
    ///
    /// - Parameter connection: as the owner of the tables: their triggers are off while this writes.
    /// - Throws: `RepairError`, `HighWaterError`, `PostgresError`.
    public func run(on connection: Connection) async throws -> [Finding] {
        let check = self.check
        return try await connection.transaction { connection in
            try connection.lockPublication()
            _ = try connection.lockLedgerHead()
            let mark = check.mark()
            if case .unreadable(let error) = mark { throw error }
            let audit = try check.audit(mark: mark.head, on: connection)
            let findings = audit.findings()
            let lost = check.finding(
                of: mark, published: audit.signedPublished?.head.size ?? audit.published?.size ?? 0)
            if let unsound = lost ?? findings.first(where: { $0.severity == .history }) {
                throw RepairError.unsound(unsound)
            }
            let triggers = try connection.triggers().filter { $0.state == .off }
            let filed = try self.repairFiling(on: connection)
            let keys = try check.keys(on: connection)
            try connection.withoutLedgerTriggers {
                if findings.contains(where: { $0.kind == .leafHash }) { try connection.repairLeafKeys() }
                try self.repairTiles(audit, on: connection)
                try self.repairHeads(audit, on: connection)
                for key in keys {
                    guard let index = key.index, let remedy = key.remedy else { continue }
                    try connection.removeKeyRecord(ofEntry: index)
                    try connection.add(remedy)
                }
            }
            for trigger in triggers { try connection.enable(trigger) }
            try connection.makeRoom()
            return findings + filed + keys.filter { $0.remedy != nil }.map(\.finding)
                + triggers.map { Finding(kind: .trigger, place: "the trigger \($0)", problem: "is switched off") }
        }
    }

    /// Files facts that open their entries under the account, project, type, time and identity they state.
    private func repairFiling(on connection: isolated Connection) throws -> [Finding] {
        var wrong: [(index: Int64, evidence: Evidence)] = []
        try connection.eachAuditedEvidence { row in
            // What does not open its entry cannot be filed by what it says.
            guard let evidence = try? row.opened(), !self.check.isFiled(row, as: evidence) else { return }
            wrong.append((row.entry.index, evidence))
        }
        for (index, evidence) in wrong {
            let account = try connection.file(
                evidence, identityHash: self.check.authority.identityHash(of: evidence), ofEntry: index)
            let fact = Fact(evidence, entry: index, by: .service)
            try connection.append([StoredBrief(fact, account: account)])
            try connection.append(fact.turns.stored(account: account, entry: fact.entry))
        }
        return wrong.map { Finding(kind: .filing, place: "the fact of entry \($0.index)", problem: Check.misfiled) }
    }

    private func repairTiles(_ audit: TreeAudit, on connection: isolated Connection) throws {
        let wrong = audit.grown.tiles.filter { audit.stored[$0.key] != $0.value }
        try connection.writeTiles(wrong.map { StoredTile(level: $0.key.level, index: $0.key.index, hashes: $0.value) })
        for place in audit.stored.keys where audit.grown.tiles[place] == nil { try connection.removeTile(place) }
    }

    /// Puts head and published checkpoint back as they were signed, or signs again where a note is lost.
    ///
    /// Signing is deterministic and the entries are those of the tree, so it makes the signature that was there. Those
    /// of witnesses come again with the next checkpoint.
    private func repairHeads(_ audit: TreeAudit, on connection: isolated Connection) throws {
        let moment = try connection.newestMoment() ?? self.check.authority.now()
        guard let origin = audit.signedHead?.origin ?? audit.signedPublished?.origin ?? audit.head?.origin,
            let root = audit.grown.roots[audit.size]
        else { return }
        func head(_ tree: TreeHead, as stored: LedgerHead?, isSigned: Bool) -> LedgerHead {
            let made = Ledger(authority: self.check.authority).signed(
                tree, origin: origin, observedAt: stored?.observedAt ?? moment)
            guard isSigned, let stored else { return made }
            return LedgerHead(
                origin: origin, size: made.size, root: made.root, note: stored.note, observedAt: made.observedAt)
        }
        let tree = TreeHead(size: audit.size, root: root)
        if audit.signedHead == nil { try self.confirm(tree, audit) }
        let present = head(tree, as: audit.head, isSigned: audit.signedHead != nil)
        if present != audit.head { try connection.writeLedgerHead(present) }
        guard let published = audit.published else { return }
        let stated = TreeHead(published)
        let shown = audit.signedPublished?.head ?? (audit.grown.begins(with: stated) ? stated : audit.mark ?? tree)
        let put = head(shown, as: published, isSigned: audit.signedPublished != nil)
        if put != published { try connection.putPublished(put) }
    }

    /// Whether the entries past the last checkpoint that can be read are those of the head whose checkpoint cannot.
    private func confirm(_ tree: TreeHead, _ audit: TreeAudit) throws(RepairError) {
        guard tree.size > audit.anchor.size || audit.signedPublished == nil && audit.mark == nil else { return }
        let isHead = audit.head.map { TreeHead($0) == tree } ?? false
        let areTiles = audit.grown.tiles.allSatisfy { audit.stored[$0.key] == $0.value }
        guard isHead || areTiles else { throw .unconfirmed(from: audit.anchor.size, to: tree.size) }
    }
}
