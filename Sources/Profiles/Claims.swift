import CanonicalJSON
import Crypto
import Reputation
import Transparency

/// A member of a credential's claims that is missing or not of its kind, as a JSON pointer.
struct MalformedClaim: Error {
    let pointer: String
}

/// What a reader needs of a credential's claims.
struct Claims {
    let id: String
    let issuers: Set<String>
    let subjects: Set<String>
    let issuedAt: Instant
    let expiry: Instant
    /// Whether the two ways of saying the times agree.
    let timesAgree: Bool
    let evidence: Set<String>
    let model: JSON
    let log: VerifierKey
    let origin: String
    let head: TreeHead
    let witnesses: [VerifierKey]

    init(_ json: JSON) throws(MalformedClaim) {
        func text(_ path: String...) throws(MalformedClaim) -> String {
            guard let text = json.at(path)?.string else { throw MalformedClaim(path) }
            return text
        }
        func number(_ path: String...) throws(MalformedClaim) -> Int64 {
            guard let number = json.at(path)?.int else { throw MalformedClaim(path) }
            return number
        }
        func texts(_ path: String...) throws(MalformedClaim) -> [String] {
            guard let elements = json.at(path)?.array else { throw MalformedClaim(path) }
            let texts = elements.compactMap(\.string)
            guard texts.count == elements.count else { throw MalformedClaim(path) }
            return texts
        }
        self.id = try text("id")
        self.issuers = [try text("issuer"), try text("iss")]
        self.subjects = [try text("sub"), try text("credentialSubject", "id")]
        self.issuedAt = Instant(seconds: try number("iat"))
        self.expiry = Instant(seconds: try number("exp"))
        let times = [try text("validFrom"), try text("validUntil")].map { Instant(rfc3339: $0) }
        self.timesAgree = times == [self.issuedAt, self.expiry]
        self.evidence = Set(try texts("credentialSubject", "evidence"))
        guard let model = json.at(["credentialSubject", "model"]) else { throw MalformedClaim(["model"]) }
        self.model = model
        guard let log = VerifierKey(parsing: try text("credentialSubject", "ledger", "vkey")), log.kind == .log else {
            throw MalformedClaim(["credentialSubject", "ledger", "vkey"])
        }
        self.log = log
        self.origin = try text("credentialSubject", "ledger", "origin")
        let size = try number("credentialSubject", "ledger", "size")
        guard size >= 0, let root = Digest(base64: try text("credentialSubject", "ledger", "root")) else {
            throw MalformedClaim(["credentialSubject", "ledger", "root"])
        }
        self.head = TreeHead(size: size, root: root)
        let witnesses = try texts("credentialSubject", "ledger", "witnesses")
        self.witnesses = witnesses.compactMap { VerifierKey(parsing: $0) }.filter { $0.kind == .witness }
        guard self.witnesses.count == witnesses.count else {
            throw MalformedClaim(["credentialSubject", "ledger", "witnesses"])
        }
    }
}

extension MalformedClaim {
    init(_ path: [String]) { self.init(pointer: "/" + path.joined(separator: "/")) }
}

extension JSON {
    fileprivate func at(_ path: [String]) -> JSON? {
        path.reduce(Optional(self)) { value, name in value?[name] }
    }
}
