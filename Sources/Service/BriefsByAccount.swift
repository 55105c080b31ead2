internal import Reputation
internal import Scoring
internal import Store

/// The briefs of a ledger by the account they are about, as they were read: some 110 bytes a fact.
struct BriefsByAccount: Sendable {
    /// Where a brief lies.
    private struct Place {
        let entry: Int64
        let piece: Int32
        let start: Int32
        let length: Int32
    }

    /// The bytes of briefs that were read together, one after another.
    private var pieces: [[UInt8]] = []
    private var places: [Int64: [Place]] = [:]

    /// Adds briefs that were read together: less than 2 GB.
    mutating func add(_ briefs: [StoredBrief]) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(briefs.reduce(0) { $0 + $1.bytes.count })
        for brief in briefs {
            self.places[brief.account, default: []].append(
                Place(
                    entry: brief.entryIndex, piece: Int32(self.pieces.count), start: Int32(bytes.count),
                    length: Int32(brief.bytes.count)))
            bytes += brief.bytes
        }
        self.pieces.append(bytes)
    }

    /// The accounts, by our numbers, in runs that have some `count` facts or one account each.
    func runs(of count: Int) -> [[Int64]] {
        var runs: [[Int64]] = []
        var room = 0
        for account in self.places.keys.sorted() {
            let facts = self.places[account]?.count ?? 0
            if facts <= room {
                runs[runs.count - 1].append(account)
            } else {
                runs.append([account])
                room = count
            }
            room -= facts
        }
        return runs
    }

    /// The facts about `account`, in the order of the ledger.
    func facts(about account: Int64) throws -> [Fact] {
        try (self.places[account] ?? []).sorted { $0.entry < $1.entry }.map { place in
            let fact = Brief.decode(
                self.pieces[Int(place.piece)], at: Int(place.start), length: Int(place.length), entry: place.entry)
            guard let fact else { throw DamagedBrief(entry: place.entry) }
            return fact
        }
    }
}
