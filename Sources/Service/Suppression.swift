internal import Credentials
internal import Crypto
internal import Postgres
internal import Reputation
internal import Store

extension Authority {
    /// What is kept of an erased account: a keyed hash, from which nobody without the key can tell the account.
    func erasureHash(of key: Account.Key) -> [UInt8] {
        self.keys.identity.code(for: Array("erased-account\u{1F}\(key.platform.rawValue)\u{1F}\(key.id)".utf8)).bytes
    }

    /// What is kept of the handle of an erased developer.
    func erasureHash(ofHandle handle: String) -> [UInt8] {
        self.keys.identity.code(for: Array("erased-handle\u{1F}\(handle)".utf8)).bytes
    }

    /// Whom facts about `subject` name in place of the erased account `key`.
    ///
    /// One stand-in for each pair: the subject's counterparties stay as many as they were, and nobody who has the facts of
    /// several subjects can gather what the erased person did.
    func standIn(for key: Account.Key, in subject: Account.Key) -> Account.Key {
        let pair = [key.platform.rawValue, key.id, subject.platform.rawValue, subject.id].joined(separator: "\u{1F}")
        let code = self.keys.identity.code(for: Array("erased-counterparty\u{1F}\(pair)".utf8))
        return Account.Key(platform: .erased, id: Base64URL.encode(code.bytes.prefix(16)))
    }
}

extension Evidence {
    /// Every account that the fact names, and as `login:` those it knows by name alone.
    var namedKeys: [Account.Key] {
        let owner = self.project.owner ?? self.project.ownerName.map { Account.Key(self.project.platform, login: $0) }
        return [self.account.key] + self.counterparties.map(\.account.key) + (owner.map { [$0] } ?? [])
    }
}

extension Ledger {
    /// `facts` as they may be recorded, or nil when each may be as it is: an element is nil when it is about an erased account,
    /// and has a stand-in in the place of one that it names beside its own.
    func admissible(_ facts: [SealedFact], on connection: isolated Connection) throws -> [SealedFact?]? {
        guard try connection.suppressesAnybody() else { return nil }
        var hashes: [Account.Key: [UInt8]] = [:]
        for key in facts.lazy.flatMap(\.evidence.namedKeys) where hashes[key] == nil {
            hashes[key] = self.authority.erasureHash(of: key)
        }
        let suppressed = try connection.suppressed(among: Array(hashes.values))
        guard !suppressed.isEmpty else { return nil }
        let erased = Set(hashes.filter { suppressed.contains($0.value) }.keys)
        return facts.map { fact in
            guard !erased.contains(fact.evidence.account.key) else { return nil }
            return self.authority.sealed(fact.evidence, without: erased) ?? fact
        }
    }
}

extension Authority {
    /// The fact `evidence`, as it is stored, told without the people of `erased`; nil when it names none of them.
    ///
    /// The same fact told again without the same people is the same fact.
    func sealed(_ evidence: Evidence, without erased: Set<Account.Key>) -> SealedFact? {
        let told = evidence.without(erased) { self.standIn(for: $0, in: evidence.account.key) }
        return told.map {
            SealedFact($0, identityHash: self.identityHash(of: $0), salt: randomBytes(Disclosure.saltByteCount))
        }
    }
}
