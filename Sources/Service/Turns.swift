internal import Postgres
internal import Scoring
internal import Store

/// A part in a matter that is looked for.
struct Part: Hashable {
    let matter: Mark<Matter>
    let turn: Turn
}

extension Aggregate {
    /// Parts looked for in one statement.
    private static let partsAtOnce = 20_000

    /// The facts, among the first `size` entries, that turn what facts of `own` come to, and that are not among them.
    ///
    /// A revert may be taken back itself, so what turns those is looked for, too, until there is nothing more.
    func turning(_ own: [Fact], in size: Int64, on connection: isolated Connection) throws -> [Fact] {
        var known = Set(own.map(\.entry))
        var searched: Set<Part> = []
        var found: [Fact] = []
        var latest = own
        while true {
            let wanted = Set(latest.compactMap(\.turnedByPart)).subtracting(searched)
            guard !wanted.isEmpty else { return found }
            searched.formUnion(wanted)
            latest = []
            var parts = Array(wanted)[...]
            while !parts.isEmpty {
                let some = parts.prefix(Self.partsAtOnce)
                parts = parts.dropFirst(Self.partsAtOnce)
                let briefs = try connection.run(
                    .briefs(havingPartIn: some.map(\.matter.number), as: some.map(\.turn.rawValue), in: size))
                let facts = try [Fact](StoredBrief.read(briefs)).filter { known.insert($0.entry).inserted }
                found += facts
                // Of others' facts only a revert's own fate matters.
                latest += facts.filter { $0.undoes != nil }
            }
        }
    }
}

/// What new facts touch, from which follows whose profiles may say something else now.
struct Touched: Sendable {
    /// The accounts the facts are about, by our numbers.
    var accounts: Set<Int64> = []
    /// Those of the facts that may turn what earlier ones come to.
    var turning: [Fact] = []

    mutating func formUnion(_ other: Touched) {
        self.accounts.formUnion(other.accounts)
        self.turning += other.turning
    }

    /// The developers whom it concerns.
    func developers(on connection: isolated Connection) throws -> Set<Int64> {
        let turned = try Self.turned(by: self.turning, on: connection)
        return Set(try connection.developers(owning: Array(self.accounts.union(turned))).map(\.id))
    }

    /// The accounts, by our numbers, of developers whose earlier facts the new ones turn.
    private static func turned(by facts: [Fact], on connection: isolated Connection) throws -> Set<Int64> {
        var accounts: Set<Int64> = []
        var searched: Set<Part> = []
        var latest = facts
        while true {
            let parts = latest.flatMap { fact in
                fact.turns.flatMap { part in part.turn.turned.map { Part(matter: part.matter, turn: $0) } }
            }.filter { searched.insert($0).inserted }
            guard !parts.isEmpty else { return accounts }
            let (matters, turns) = (parts.map(\.matter.number), parts.map(\.turn.rawValue))
            for row in try connection.run(.accounts(havingPartIn: matters, as: turns)) {
                accounts.insert(try row.int(0))
            }
            let reverted = latest.compactMap(\.undoes)
            guard !reverted.isEmpty else { return accounts }
            // What is taken back may be a revert, which turned something in its day.
            let again =
                try connection.run(
                    .briefs(
                        havingPartIn: reverted.map(\.number), as: reverted.map { _ in Turn.change.rawValue },
                        in: Int64.max))
                + connection.run(
                    .briefs(
                        havingPartIn: reverted.map(\.number), as: reverted.map { _ in Turn.commit.rawValue },
                        in: Int64.max))
            latest = try [Fact](StoredBrief.read(again)).filter { $0.undoes != nil }
        }
    }
}

extension Fact {
    /// The part in a matter by which others turn this fact.
    fileprivate var turnedByPart: Part? { self.turnedBy.map { Part(matter: self.matter, turn: $0) } }

}

extension [(matter: Mark<Matter>, turn: Turn)] {
    /// The parts as they are stored, of the fact at `entry` about the account of our number `account`.
    func stored(account: Int64, entry: Int64) -> [StoredTurn] {
        self.map {
            StoredTurn(matter: $0.matter.number, turn: $0.turn.rawValue, account: account, entryIndex: entry)
        }
    }
}

extension Mark {
    /// The mark as the database keeps it.
    var number: Int64 { Int64(bitPattern: self.bits) }
}
