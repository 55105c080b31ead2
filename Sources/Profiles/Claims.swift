import CanonicalJSON
import Credentials
import Crypto
import Reputation
import Transparency

/// A member of a credential's claims that is missing or not of its kind, as a JSON pointer.
struct MalformedClaim: Error {
    let pointer: String
}

/// What a reader needs of a credential's claims, whichever way they are written.
struct Claims {
    /// What the credential is.
    enum Kind { case profile, threshold }

    let kind: Kind
    let issuers: Set<String>
    let subjects: Set<String>
    let issuedAt: Instant
    let expiry: Instant
    /// Whether the ways of saying the times agree.
    let timesAgree: Bool
    let evidence: Set<String>
    let model: JSON
    let log: VerifierKey
    let origin: String
    let head: TreeHead
    let witnesses: [VerifierKey]
    /// Where the credential's status stands; empty when no list is named.
    let statuses: [StatusReference]

    /// The claims of a Verifiable Credential that is a token.
    init(token json: JSON) throws(MalformedClaim) {
        try self.init(json, ledger: ["credentialSubject", "ledger"], model: ["credentialSubject", "model"]) {
            (json: JSON) throws(MalformedClaim) -> Parts in
            let issuedAt = Instant(seconds: try json.number("iat"))
            let expiry = Instant(seconds: try json.number("exp"))
            let times = [try json.text("validFrom"), try json.text("validUntil")].map { Instant(rfc3339: $0) }
            return Parts(
                kind: .profile, issuers: [try json.issuer(), try json.text("iss")],
                subjects: [try json.text("sub"), try json.text("credentialSubject", "id")], issuedAt: issuedAt,
                expiry: expiry, timesAgree: times == [issuedAt, expiry] && json["nbf"] == json["iat"],
                evidence: Set(try json.texts("credentialSubject", "evidence")))
        }
    }

    /// The claims of a Verifiable Credential with a proof in it.
    init(document json: JSON) throws(MalformedClaim) {
        try self.init(json, ledger: ["credentialSubject", "ledger"], model: ["credentialSubject", "model"]) {
            (json: JSON) throws(MalformedClaim) -> Parts in
            guard let issuedAt = Instant(rfc3339: try json.text("validFrom")) else {
                throw MalformedClaim(["validFrom"])
            }
            guard let expiry = Instant(rfc3339: try json.text("validUntil")) else {
                throw MalformedClaim(["validUntil"])
            }
            return Parts(
                kind: .profile, issuers: [try json.issuer()], subjects: [try json.text("credentialSubject", "id")],
                issuedAt: issuedAt, expiry: expiry, timesAgree: true,
                evidence: Set(try json.texts("credentialSubject", "evidence")))
        }
    }

    /// The claims of an SD-JWT VC; `json` is what the issuer signed, with every digest in it.
    init(selective json: JSON) throws(MalformedClaim) {
        try self.init(json, ledger: ["ledger"], model: ["model"]) { (json: JSON) throws(MalformedClaim) -> Parts in
            let issuer = try json.text("iss")
            let type = try json.text("vct")
            let kinds: [(IssuerDocuments.CredentialType, Kind)] = [(.profile, .profile), (.threshold, .threshold)]
            guard let kind = kinds.first(where: { IssuerDocuments(issuer: issuer).vct($0.0) == type })?.1 else {
                throw MalformedClaim(["vct"])
            }
            let evidence = kind == .profile ? json["evidence"]?.array?.compactMap { $0["..."]?.string } : []
            guard let evidence else { throw MalformedClaim(["evidence"]) }
            let subject = kind == .profile ? [try json.text("sub")] : []
            return Parts(
                kind: kind, issuers: [issuer], subjects: Set(subject),
                issuedAt: Instant(seconds: try json.number("iat")), expiry: Instant(seconds: try json.number("exp")),
                timesAgree: json["nbf"] == json["iat"], evidence: Set(evidence))
        }
    }

    /// What is written in a way of its own by each form.
    private struct Parts {
        let kind: Kind
        let issuers: Set<String>
        let subjects: Set<String>
        let issuedAt: Instant
        let expiry: Instant
        let timesAgree: Bool
        let evidence: Set<String>
    }

    private init(
        _ json: JSON, ledger: [String], model: [String], parts: (JSON) throws(MalformedClaim) -> Parts
    ) throws(MalformedClaim) {
        let own = try parts(json)
        (self.kind, self.issuers, self.subjects) = (own.kind, own.issuers, own.subjects)
        (self.issuedAt, self.expiry, self.timesAgree) = (own.issuedAt, own.expiry, own.timesAgree)
        self.evidence = own.evidence
        guard let stated = json.at(model) else { throw MalformedClaim(model) }
        self.model = stated
        let log = try json.at(ledger)?.text("vkey")
        guard let key = log.flatMap({ VerifierKey(parsing: $0) }), key.kind == .log else {
            throw MalformedClaim(ledger + ["vkey"])
        }
        guard let place = json.at(ledger) else { throw MalformedClaim(ledger) }
        self.log = key
        self.origin = try place.text("origin")
        let size = try place.number("size")
        guard size >= 0, let root = Digest(base64: try place.text("root")) else {
            throw MalformedClaim(ledger + ["root"])
        }
        self.head = TreeHead(size: size, root: root)
        let witnesses = try place.texts("witnesses")
        self.witnesses = witnesses.compactMap { VerifierKey(parsing: $0) }.filter { $0.kind == .witness }
        guard self.witnesses.count == witnesses.count else { throw MalformedClaim(ledger + ["witnesses"]) }
        self.statuses = try json.statuses()
    }
}

extension JSON {
    fileprivate func text(_ path: String...) throws(MalformedClaim) -> String {
        guard let text = self.at(path)?.string else { throw MalformedClaim(path) }
        return text
    }

    fileprivate func number(_ path: String...) throws(MalformedClaim) -> Int64 {
        guard let number = self.at(path)?.int else { throw MalformedClaim(path) }
        return number
    }

    fileprivate func texts(_ path: String...) throws(MalformedClaim) -> [String] {
        guard let elements = self.at(path)?.array else { throw MalformedClaim(path) }
        let texts = elements.compactMap(\.string)
        guard texts.count == elements.count else { throw MalformedClaim(path) }
        return texts
    }

    /// The `issuer` of a Verifiable Credential: an address, or an object with one (VCDM 2.0, section 4.7).
    fileprivate func issuer() throws(MalformedClaim) -> String {
        if let issuer = self["issuer"]?.string { return issuer }
        return try self.text("issuer", "id")
    }
}

extension JSON {
    /// The places of the status, in the words of tokens (`status`) and of Verifiable Credentials (`credentialStatus`).
    fileprivate func statuses() throws(MalformedClaim) -> [StatusReference] {
        var places: [StatusReference] = []
        if let entry = self["status"]?["status_list"] {
            places.append(.init(kind: .token, list: try entry.text("uri"), index: try entry.number("idx")))
        }
        for entry in self["credentialStatus"].map({ $0.array ?? [$0] }) ?? [] {
            let purpose = entry["statusPurpose"]?.string
            guard entry["type"] == "BitstringStatusListEntry", let list = entry["statusListCredential"]?.string,
                let index = entry["statusListIndex"]?.string.flatMap({ Int64($0) }),
                let status = CredentialStatus.allCases.first(where: { $0.purpose != nil && $0.purpose == purpose })
            else { throw MalformedClaim(["credentialStatus"]) }
            places.append(.init(kind: .bitstring(status), list: list, index: index))
        }
        return places
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
