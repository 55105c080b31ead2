internal import Crypto
internal import Transparency

/// Counts the entries of a log by kind and compares those that could be mis-issued with what is expected.
struct Tally {
    /// The most unexpected entries that are remembered.
    static let openLimit = 1_000

    /// More unexpected entries than can be remembered.
    struct TooManyOpen: Error {}

    /// How an entry stands to what is expected.
    enum Judgement {
        /// Nobody said what is expected.
        case listed
        case expected
        case unexpected
    }

    /// Entries at this index and above were not counted before.
    private let countsFrom: Int64
    /// Entries at this index and above were not judged before.
    private let judgesFrom: Int64
    private let expectations: Expectations?
    private(set) var new: [String: Int64] = [:]
    /// Unexpected entries of before and now.
    private(set) var open: [OpenEntry]

    init(countsFrom: Int64, judgesFrom: Int64, open: [OpenEntry], expectations: Expectations?) {
        self.open = open
        self.countsFrom = countsFrom
        self.judgesFrom = judgesFrom
        self.expectations = expectations
    }

    /// Takes in verified entries; `found` is called for each that a person should see.
    mutating func take(_ part: LogPart, found: (OpenEntry, Judgement) -> Void) throws(TooManyOpen) {
        for (offset, bytes) in part.entries.enumerated() {
            let index = part.start + Int64(offset)
            let reading = LedgerEntry.read(bytes)
            if index >= self.countsFrom { self.new[reading.counter, default: 0] += 1 }
            if case .entry(let entry) = reading, entry.kind == .evidence { continue }
            guard index >= self.judgesFrom else { continue }
            let entry = OpenEntry(index: index, reading, leaf: bytes)
            let judgement = self.judge(entry, reading)
            found(entry, judgement)
            guard judgement == .unexpected, self.expectations != nil else { continue }
            guard self.open.count < Self.openLimit else { throw TooManyOpen() }
            self.open.append(entry)
        }
    }

    private func judge(_ entry: OpenEntry, _ reading: LedgerEntry.Reading) -> Judgement {
        if let expectations { return expectations.contains(entry.id) ? .expected : .unexpected }
        if case .entry = reading { return .listed }
        return .unexpected
    }
}

extension LedgerEntry.Reading {
    /// What entries like it are counted under.
    fileprivate var counter: String {
        switch self {
        case .entry(let entry): entry.kind.rawValue
        case .unknownKind: "unknown"
        case .malformed: "malformed"
        }
    }
}

extension OpenEntry {
    fileprivate init(index: Int64, _ reading: LedgerEntry.Reading, leaf: [UInt8]) {
        switch reading {
        case .entry(let entry): self.init(index: index, kind: entry.kind.rawValue, id: entry.commitment.text)
        case .unknownKind(let kind, let commitment): self.init(index: index, kind: kind, id: commitment.text)
        case .malformed: self.init(index: index, kind: "malformed", id: MerkleTree.leafHash(leaf).base64URL)
        }
    }
}
