public import CanonicalJSON
internal import Postgres
internal import Reputation
public import Scoring
internal import Store

/// Which rows of an explanation are wanted.
public struct ExplanationPage: Sendable {
    /// Only the rows of this facet; nil for all.
    public var facet: Facet.Name?
    /// Only the rows after this entry.
    public var after: Int64
    /// At most so many.
    public var limit: Int

    /// The page of at most `limit` rows after entry `after`.
    public init(facet: Facet.Name? = nil, after: Int64 = -1, limit: Int) {
        self.facet = facet
        self.after = after
        self.limit = limit
    }
}

extension History {
    /// What became of every row of the evidence of `handle`, in the order of the ledger, page by page: what each counted
    /// row is worth, what it was credited, what its confirmers' standing left of it; and why each other one does not
    /// count. What the counted rows are credited adds up to what their facet is. Nil when no such profile is published.
    ///
    /// - Throws: `HistoryError`.
    public func explanation(
        of handle: String, from moment: Moment, by model: Model, page: ExplanationPage
    ) async throws -> JSON? {
        try await self.with(handle) { connection, developer in
            let view = try self.view(of: developer, from: moment, by: model, on: connection)
            let wanted = view.assessment.rows.filter { row in
                row.entry > page.after && row.isOwn && (page.facet == nil || row.facet == page.facet)
            }
            let rows = wanted.prefix(page.limit)
            let names = try connection.commitments(of: rows.map(\.entry))
            var members = self.heading(handle, view, model)
            members["facets"] = .array(view.assessment.facets.map(self.total))
            let flags = view.flags
            let signatures = try connection.signatures(of: rows.map(\.entry), claimedBy: developer.id)
            members["rows"] = .array(
                rows.map { self.document($0, names, flags[$0.entry] ?? [], signatures[$0.entry]) })
            members["next"] = wanted.count > rows.count ? rows.last.map { .string(String($0.entry)) } ?? .null : .null
            return .object(members)
        }
    }

    /// What became of the facts at `entries` among the evidence of `handle` as it stands, by the model of published profiles:
    /// what `explanation` says of them, for a page that shows them. Empty when no such profile is published.
    ///
    /// - Throws: `HistoryError`.
    public func verdicts(of handle: String, at entries: Set<Int64>) async throws -> [Int64: Scoring.Row] {
        let rows = try await self.with(handle) { connection, developer in
            try self.view(of: developer, from: .present, by: Aggregate.published, on: connection).assessment.rows
        }
        return Dictionary(
            uniqueKeysWithValues: (rows ?? []).filter { entries.contains($0.entry) && $0.isOwn }.map { ($0.entry, $0) })
    }

    /// What changed in the profile of `handle` between two moments: each facet whose numbers did, and every row that came,
    /// went, or counts otherwise now, page by page. Nil when no such profile is published.
    ///
    /// - Throws: `HistoryError`.
    public func changes(
        of handle: String, from earlier: Moment, to later: Moment, by model: Model, page: ExplanationPage
    ) async throws -> JSON? {
        try await self.with(handle) { connection, developer in
            let before = try self.view(of: developer, from: earlier, by: model, on: connection)
            let after = try self.view(of: developer, from: later, by: model, on: connection)
            let changed = Change.between(before.assessment, after.assessment).filter { change in
                change.entry > page.after && (page.facet == nil || change.facet == page.facet)
            }
            let rows = changed.prefix(page.limit)
            let names = try connection.commitments(of: rows.map(\.entry))
            let facets = zip(before.assessment.facets, after.assessment.facets).filter {
                self.total($0) != self.total($1)
            }
            return [
                "handle": .string(handle), "model": model.reference,
                "from": .object(self.heading(handle, before, model)), "to": .object(self.heading(handle, after, model)),
                "facets": .array(
                    facets.map { ["name": .string($0.name.rawValue), "from": self.total($0), "to": self.total($1)] }),
                "rows": .array(
                    rows.map { change in
                        [
                            "index": .int(change.entry), "commitment": .string(names.commitment(of: change.entry)),
                            "from": change.before.map { $0.document(names) } ?? .null,
                            "to": change.after.map { $0.document(names) } ?? .null,
                        ]
                    }),
                "next": changed.count > rows.count ? rows.last.map { .string(String($0.entry)) } ?? .null : .null,
            ]
        }
    }

    private func heading(_ handle: String, _ view: View, _ model: Model) -> [String: JSON] {
        let document = Aggregate(authority: self.authority).document(
            handle: handle,
            Aggregate.Assessed(
                accounts: view.accounts, assessment: view.assessment, coverage: view.coverage, head: view.head))
        return [
            "handle": .string(handle), "model": model.reference, "as_of": document["as_of"] ?? .null,
            "ledger": document["ledger"] ?? .null,
        ]
    }

    private func document(_ row: Scoring.Row, _ names: Names, _ flags: Set<Evidence.Flag>, _ signature: JSON?)
        -> JSON
    {
        var members = row.document(names).object ?? [:]
        members["flags"] = .array(flags.map(\.rawValue).sorted().map(JSON.string))
        members["signature"] = signature
        members["index"] = .int(row.entry)
        return .object(members)
    }

    /// The numbers of a facet that its rows add up to.
    private func total(_ facet: Facet) -> JSON {
        var members: [String: JSON] = [
            "name": .string(facet.name.rawValue), "n": .int(Int64(facet.n)), "value_per_mille": .int(facet.value),
            "credited_per_mille": .int(facet.credited),
        ]
        switch facet.level {
        case .measured(let level, _):
            members["state"] = "measured"
            members["level"] = .int(Int64(level))
        case .insufficientEvidence: members["state"] = "insufficient_evidence"
        }
        return .object(members)
    }
}

extension History.View {
    /// The flags of each fact: those it came with, and those that only all facts together show.
    fileprivate var flags: [Int64: Set<Evidence.Flag>] {
        let own = Dictionary(self.facts.map { ($0.entry, $0.flags.all) }) { first, _ in first }
        let shown = patterns(in: self.facts, of: Aggregate.marks(self.accounts), standings: self.standings)
        return own.merging(shown) { $0.union($1) }
    }
}

extension Scoring.Row {
    /// Whether it is about the subject: what others did to an issue undoes the subject's work and is theirs to show.
    fileprivate var isOwn: Bool { self.verdict != .excluded(.notTheSubject) }
}

/// A row that two assessments of one subject say different things of.
private struct Change {
    let entry: Int64
    let before: Scoring.Row?
    let after: Scoring.Row?

    var facet: Facet.Name? { (self.after ?? self.before)?.facet }

    /// The rows that differ, in the order of the ledger. A fact that had not happened yet was not there.
    static func between(_ before: Assessment, _ after: Assessment) -> [Change] {
        func known(_ assessment: Assessment) -> [Int64: Scoring.Row] {
            Dictionary(
                uniqueKeysWithValues: assessment.rows.filter { $0.isOwn && $0.verdict != .excluded(.future) }.map {
                    ($0.entry, $0)
                }
            )
        }
        let (old, new) = (known(before), known(after))
        return Set(old.keys).union(new.keys).sorted().compactMap { entry in
            old[entry] == new[entry] ? nil : Change(entry: entry, before: old[entry], after: new[entry])
        }
    }
}

extension Connection {
    /// How the commits among the facts at `entries` are signed, and whether by a key that `developer` has claimed.
    fileprivate func signatures(of entries: [Int64], claimedBy developer: Int64) throws -> [Int64: JSON] {
        guard !entries.isEmpty else { return [:] }
        var signatures: [Int64: JSON] = [:]
        for row in try self.run(.signatures(of: entries, claimedBy: developer)) {
            var members: [String: JSON] = [
                "state": .string(try row.textOrNil(1) ?? ""), "claimed": .bool(try row.bool(3)),
            ]
            members["key"] = try row.textOrNil(2).map(JSON.string)
            signatures[try row.int(0)] = .object(members)
        }
        return signatures
    }

    fileprivate func commitments(of entries: [Int64]) throws -> Names {
        var names = Names()
        guard !entries.isEmpty else { return names }
        for row in try self.run(.names(of: entries)) { names.commitments[try row.int(0)] = try row.text(1) }
        return names
    }
}
