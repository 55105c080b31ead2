internal import CanonicalJSON
internal import Credentials
internal import Crypto
internal import Postgres
internal import Reputation
internal import Store
internal import Transparency

/// What is stored beside the ledger must open the entries it came in with.
extension Check {
    func checkRecords(_ report: inout CheckReport, on connection: isolated Connection) throws {
        try connection.eachAuditedEvidence { row in
            report.evidence += 1
            let place = "the fact of entry \(row.entry.index)"
            do throws(Unopened) {
                let evidence = try row.opened()
                if !self.isFiled(row, as: evidence) { report.add(.filing, place, Check.misfiled) }
            } catch {
                report.add(.fact, place, error.problem)
            }
        }
        try connection.eachAuditedProof { proof in
            report.bindings += 1
            let place = "the proof of an account of entry \(proof.entry.index)"
            if let problem = self.problem(of: proof) { report.add(.binding, place, problem) }
        }
        let unproved = try connection.unprovedLinks()
        if unproved > 0 { report.add(.binding, "\(unproved) accounts", "are linked to a developer without a proof") }
        let book = try self.book(on: connection)
        try connection.eachAuditedCredential { credential in
            report.credentials += 1
            let place = "the credential \(credential.id) of entry \(credential.entry.index)"
            if let problem = self.problem(of: credential, knowing: book) { report.add(.credential, place, problem) }
        }
        for row in try connection.run(.auditedStatusPublications) where try !StatusLists.opens(row) {
            report.add(
                .credential, "the status lists of entry \(try row.int(0))", "are not what the entry commits to")
        }
    }

    /// What is wrong with a fact that opens its entry but is not found as what it says.
    static let misfiled =
        "is filed under another account, project, type, time or identity than its own, or has no brief"

    /// Whether `row` is filed under what its fact, `evidence`, says of itself.
    func isFiled(_ row: AuditedEvidence, as evidence: Evidence) -> Bool {
        row.isBriefed && evidence.account.key == row.account && ProjectKey(evidence.project) == row.project
            && evidence.kind.rawValue == row.type && evidence.occurredAt == row.occurredAt
            && self.authority.identityHash(of: evidence) == row.identityHash
    }

    private func problem(of proof: AuditedProof) -> String? {
        guard let account = proof.account else { return "names an account that is not there" }
        let opens = Check.statements(of: account, challenge: proof.challenge).contains { account in
            let binding: JSON = [
                "type": "identity.bind", "account": account.document, "challenge": .string(proof.challenge),
                "signature": .string(proof.signature), "keys": .string(proof.keysListed),
                "fetched_at": .string(proof.fetchedAt.rfc3339), "v": 1,
            ]
            return proof.entry.is(.identity, Disclosure(binding, salt: proof.salt).digest.base64URL)
        }
        return opens ? nil : "is not what the entry commits to"
    }

    /// What `account` may have been stated as when it was bound: it may have been renamed since, and the challenge has
    /// the name it was claimed by.
    private static func statements(of account: Account, challenge: String) -> [Account] {
        let line = challenge.split(separator: "\n").first { $0.hasPrefix("account: ") }
        let claimed = line?.split(separator: "/", maxSplits: 1).last.map(String.init)
        return Set([account.login, claimed ?? account.login]).flatMap { login in
            Account.Kind.allCases.map { Account(key: account.key, login: login, kind: $0) }
        }
    }

    private func problem(of credential: AuditedCredential, knowing book: KeyBook) -> String? {
        let digest = SHA256.hash(credential.token.utf8).base64URL
        let issuance: JSON = ["type": "credential.issue", "digest": .string(digest), "v": 1]
        guard digest == credential.digest,
            credential.entry.is(.credential, Disclosure(issuance, salt: credential.salt).digest.base64URL)
        else { return "is not what the entry commits to" }
        guard let format = StoredCredential.Format(rawValue: credential.format) else { return "is of an unknown form" }
        let keys = [self.authority.publicKey(format.use)] + book.publicKeys(format.use)
        return keys.contains { format.isSigned(credential.token, by: $0) }
            ? nil : "is not signed by a key of this service"
    }
}

extension StoredCredential.Format {
    /// Which of the keys signs it.
    var use: KeyRecord.Use {
        switch self {
        case .vcJWT, .sdJWT, .threshold: .credentials
        case .openBadge: .badges
        case .dataIntegrity: .proofs
        }
    }

    /// The `typ` of its token.
    var type: String {
        switch self {
        case .vcJWT, .dataIntegrity: "vc+jwt"
        case .openBadge: "JWT"
        case .sdJWT, .threshold: "dc+sd-jwt"
        }
    }

    /// Whether `text`, a credential of this form, is signed by `key`.
    func isSigned(_ text: String, by key: JWK) -> Bool {
        do {
            if case .ed25519(let key) = key {
                _ = try DataIntegrity.verify(JSON(parsing: text.utf8), by: key)
            } else {
                _ = try JWS(parsing: text).payload(verifiedBy: key, type: self.type)
            }
            return true
        } catch {
            return false
        }
    }
}

/// Why a fact does not open its entry.
struct Unopened: Error {
    let problem: String
}

extension AuditedEvidence {
    /// The fact, if it is what its entry commits to.
    func opened() throws(Unopened) -> Evidence {
        // Damage in a row has many forms and one finding, which names the row.
        guard let value = try? JSON(parsing: self.document.utf8), let evidence = try? Evidence(document: value)
        else { throw Unopened(problem: "cannot be read as a fact") }
        guard value.canonical == self.document else { throw Unopened(problem: "is not in canonical form") }
        let digest = SHA256.hash(Disclosure.text(ofElement: self.document, salt: self.salt).utf8).base64URL
        guard self.entry.is(.evidence, digest) else { throw Unopened(problem: "is not what the entry commits to") }
        return evidence
    }
}

extension EntryReference {
    /// Whether the entry is there and is this one.
    func `is`(_ kind: LedgerEntry.Kind, _ commitment: String) -> Bool {
        self.kind == kind.rawValue && self.commitment == commitment
    }
}
