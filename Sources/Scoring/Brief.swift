import Reputation

/// A fact in some 70 bytes, as it is kept beside the evidence so that no text is read to reckon with it.
///
/// Version 1: little-endian numbers; enumerations by their place in a list that only grows; bits say what is left out.
/// Whatever a brief says
/// follows from its evidence, so a lost or an older one is written anew from there.
public enum Brief {
    /// The version of the form, its first byte.
    public static let version: UInt8 = 1

    /// The most parties a brief names; a fact with more is told by the first of them.
    static let mostParties = 255

    static let kinds: [Evidence.Kind] = [
        .reviewGiven, .changeMerged, .changeDeclined, .issueTriaged, .issueReported, .designDiscussion,
        .packageMaintained, .releasePublished, .securityCredit, .commitTrailer, .commitAuthored, .vouch, .disclosure,
        .attestedActivity,
    ]
    static let outcomes: [Evidence.Outcome] = [
        .approved, .commented, .dismissed, .changesRequested, .merged, .declined, .closed, .reopened, .completed,
        .notPlanned, .reviewedBy, .ackedBy, .testedBy, .reportedBy, .coAuthoredBy, .signedOffBy, .maintainer,
        .uploader, .published, .prerelease, .duplicate, .labeled, .assigned, .milestoned, .transferred, .started,
        .participated, .answered, .finder, .reporter, .analyst, .coordinator, .tool, .sponsor, .remediationDeveloper,
        .remediationReviewer, .remediationVerifier, .vouched, .disclosed, .talk, .event, .mentoring, .writing,
        .shippedProduct, .other,
    ]
    static let associations: [Evidence.Association] = [
        .owner, .member, .collaborator, .contributor, .firstTimer, .firstTimeContributor, .none,
    ]
    static let roles: [Evidence.Counterparty.Role] = [
        .author, .merger, .closer, .reviewer, .maintainer, .triager, .committer,
    ]
    static let accountKinds: [Account.Kind] = [.user, .bot, .agent, .organization]

    /// What stands for a word that is not there, or that this version has no place for.
    private static let none: UInt8 = 255

    private static func code<Word: Equatable>(_ word: Word?, in words: [Word]) -> UInt8 {
        word.flatMap { words.firstIndex(of: $0) }.map { UInt8($0) } ?? self.none
    }

    /// Writes `fact`, but for its entry, which is its row's key.
    public static func encode(_ fact: Fact) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(64 + 16 * fact.parties.count)
        func put(_ number: some FixedWidthInteger) {
            for byte in 0..<(number.bitWidth / 8) { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * byte))) }
        }
        bytes += [
            self.version, self.code(fact.kind, in: self.kinds), self.code(fact.accountKind, in: self.accountKinds),
            self.code(fact.association, in: self.associations), self.code(fact.outcome, in: self.outcomes),
            (fact.isOwnWord ? 1 : 0) | (fact.owner == nil ? 0 : 2) | (fact.number == 0 ? 0 : 4)
                | (fact.revision == 0 ? 0 : 8) | (fact.undoes == nil ? 0 : 16),
        ]
        put(fact.flags.bits)
        put(fact.occurredAt.seconds)
        put(fact.account.bits)
        put(fact.project.bits)
        put(fact.unit.bits)
        if let owner = fact.owner { put(owner.bits) }
        if fact.number != 0 { put(fact.number) }
        if fact.revision != 0 { put(fact.revision) }
        if let undoes = fact.undoes { put(undoes.bits) }
        let told = Fact.Measures.names.indices.filter { fact.measures[place: $0] >= 0 }
        put(told.reduce(UInt16(0)) { $0 | 1 << UInt16($1) })
        for place in told { put(fact.measures[place: place]) }
        put(UInt8(min(fact.parties.count, self.mostParties)))
        for party in fact.parties.prefix(self.mostParties) {
            put(party.account.bits)
            put(self.code(party.role, in: self.roles))
            put(self.code(party.kind, in: self.accountKinds))
            put(self.code(party.association, in: self.associations))
        }
        return bytes
    }

    /// Reads the brief that begins at `position` of `bytes` and is `length` long; nil when it is none of this version.
    public static func decode(_ bytes: [UInt8], at position: Int, length: Int, entry: Int64) -> Fact? {
        var reader = Reader(bytes: bytes, position: position, end: position + length)
        return reader.fact(entry: entry)
    }

    private struct Reader {
        let bytes: [UInt8]
        var position: Int
        let end: Int
        var isShort = false

        mutating func byte() -> UInt8 {
            guard self.position < self.end else {
                self.isShort = true
                return 0
            }
            defer { self.position += 1 }
            return self.bytes[self.position]
        }

        mutating func number(_ count: Int) -> UInt64 {
            guard self.position + count <= self.end else {
                self.isShort = true
                return 0
            }
            var number: UInt64 = 0
            for place in 0..<count { number |= UInt64(self.bytes[self.position + place]) << UInt64(8 * place) }
            self.position += count
            return number
        }

        mutating func word<Word>(_ words: [Word]) -> Word? {
            let code = Int(self.byte())
            return code < words.count ? words[code] : nil
        }

        mutating func fact(entry: Int64) -> Fact? {
            guard self.byte() == Brief.version, let kind = self.word(Brief.kinds),
                let accountKind = self.word(Brief.accountKinds)
            else { return nil }
            let association = self.word(Brief.associations)
            let outcome = self.word(Brief.outcomes)
            let bits = self.byte()
            let flags = Fact.Flags(bits: UInt16(self.number(2)))
            let seconds = Int64(bitPattern: self.number(8))
            let account = Mark<Account>(bits: self.number(8))
            let project = Mark<Project>(bits: self.number(8))
            let unit = Mark<Evidence.Object>(bits: self.number(8))
            let owner = bits & 2 == 0 ? nil : Mark<Account>(bits: self.number(8))
            let number = bits & 4 == 0 ? 0 : UInt32(self.number(4))
            let revision = bits & 8 == 0 ? 0 : UInt32(self.number(4))
            let undoes = bits & 16 == 0 ? nil : Mark<Matter>(bits: self.number(8))
            var measures = Fact.Measures()
            let told = self.number(2)
            for place in Fact.Measures.names.indices where told & 1 << UInt64(place) != 0 {
                measures[place: place] = Int32(truncatingIfNeeded: self.number(4))
            }
            var parties: [Fact.Party] = []
            let count = Int(self.byte())
            parties.reserveCapacity(count)
            for _ in 0..<count {
                let account = Mark<Account>(bits: self.number(8))
                guard let role = self.word(Brief.roles), let kind = self.word(Brief.accountKinds) else { return nil }
                parties.append(
                    Fact.Party(account: account, role: role, kind: kind, association: self.word(Brief.associations)))
            }
            guard !self.isShort, self.position == self.end else { return nil }
            return Fact(
                entry: entry, kind: kind, account: account, accountKind: accountKind, project: project, owner: owner,
                unit: unit, number: number, revision: revision, undoes: undoes,
                occurredAt: Instant(seconds: seconds), association: association, outcome: outcome,
                flags: flags, isOwnWord: bits & 1 != 0, measures: measures, parties: parties)
        }
    }
}
