internal import Crypto
internal import Postgres
internal import Reputation
internal import Scoring
internal import Store
internal import Synchronization

/// The standings of a ledger by each model, kept in memory and grown with it: 100 to 200 bytes a fact.
///
/// What an erasure took away cannot be taken out again, so after one they are reckoned from the beginning.
final class StandingsBook: Sendable {
    private struct Page {
        var standings: Standings
        var size: Int64 = 0
        var erasure: Int64
    }

    private let pages = Mutex<[String: Page]>([:])

    /// Facts read at once, and reckoned with while whoever asks for standings waits.
    static let step: Int64 = 1_000

    /// What `model` says of everybody from the first `size` entries, or from more where more is kept already.
    func standings(by model: Model, of size: Int64, on connection: isolated Connection) throws -> Standings {
        guard model.knowsOthers else { return .unknown }
        while try !self.advance(by: model, to: size, on: connection) {}
        return self.settled(model)
    }

    /// Takes some more of the first `size` entries into the standings by `model`; true when there are no more.
    func advance(by model: Model, to size: Int64, on connection: isolated Connection) throws -> Bool {
        let erasure = try connection.run(.newestErasure)[0].int(0)
        let start = self.pages.withLock { pages in
            if let page = pages[model.name], page.erasure == erasure { return page.size }
            pages[model.name] = Page(standings: Standings(by: model), erasure: erasure)
            return 0
        }
        if start >= size { return true }
        let end = min(size, start + Self.step)
        let facts = try connection.facts(from: start, to: end)
        return self.pages.withLock { pages in
            // Somebody else may have been quicker; then what was read is in there already.
            guard pages[model.name]?.size == start, pages[model.name]?.erasure == erasure else { return false }
            for fact in facts { pages[model.name]?.standings.add(fact) }
            pages[model.name]?.size = end
            return end == size
        }
    }

    /// How many entries the standings by `model` are of by now.
    func size(by model: Model) -> Int64 { self.pages.withLock { $0[model.name]?.size ?? 0 } }

    /// The standings that are kept, whatever they are of, else those of the first `size` entries: for answers that must not
    /// wait for the reckoning of everybody.
    func nearest(by model: Model, to size: Int64, on connection: isolated Connection) throws -> Standings {
        if let kept = self.pages.withLock({ $0[model.name] }), kept.size > 0 { return self.settled(model) }
        return try self.standings(by: model, of: size, on: connection)
    }

    private func settled(_ model: Model) -> Standings {
        self.pages.withLock { pages in
            pages[model.name]?.standings.settle()
            return pages[model.name]?.standings ?? .unknown
        }
    }

    /// Takes over standings that were reckoned elsewhere, of the first `size` entries, as of `erasure`.
    func keep(_ standings: Standings, by model: Model, of size: Int64, erasure: Int64) {
        self.pages.withLock { $0[model.name] = Page(standings: standings, size: size, erasure: erasure) }
    }
}

extension Connection {
    /// The facts of the entries from `start` to before `end`.
    func facts(from start: Int64, to end: Int64) throws -> [Fact] {
        try [Fact](StoredBrief.read(self.run(.briefs(from: start, to: end, limit: end - start))))
    }
}

extension [Fact] {
    /// The facts that `briefs` are of.
    init(_ briefs: [StoredBrief]) throws {
        self = try briefs.map { brief in
            guard let fact = Brief.decode(brief.bytes, at: 0, length: brief.bytes.count, entry: brief.entryIndex) else {
                throw DamagedBrief(entry: brief.entryIndex)
            }
            return fact
        }
    }
}

/// A brief that is none, or one of another version.
struct DamagedBrief: Error, CustomStringConvertible {
    let entry: Int64

    var description: String { "the brief of entry \(self.entry) cannot be read: run standingd rebuild --briefs" }
}

extension Marking {
    /// The marks in a service's briefs: the first 64 bits of SHA-256, the same for everybody who has the evidence.
    static let service = Marking { SHA256.hash($0.utf8).leading }
}
