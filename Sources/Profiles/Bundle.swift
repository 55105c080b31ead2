public import CanonicalJSON
public import Credentials
public import Transparency

/// Why bytes are not a bundle.
public enum BundleError: Error, Equatable {
    /// Over `Bundle.limit` bytes.
    case tooLarge
    /// Not JSON as `JSON(parsing:)` takes it.
    case notJSON(JSONError)
    /// JSON, but not its one canonical text with at most one line end after it.
    case notCanonical
    /// A member is missing, too many, or not of its kind; where, as a JSON pointer.
    case malformed(pointer: String)
}

/// A profile that verifies offline: the credential, the keys, and for each fact shown its disclosure and the proof that
/// the ledger holds it.
///
/// The file (`.standing.json`) has exactly one text. Every byte of it is signed, hashed, or fixed by the format, so a
/// change anywhere is found.
public struct Bundle: Hashable, Sendable {
    /// What `format` says.
    public static let format = "standing-bundle/1"
    /// The largest file that is read, in bytes.
    public static let limit = 8_388_608

    /// A fact that is shown.
    public struct Fact: Hashable, Sendable {
        /// The commitment, which stands in the ledger and in the credential.
        public let commitment: String
        /// The disclosure (RFC 9901): the salt and the evidence document.
        public let disclosure: String
        /// The C2SP tlog-proof.
        public let proof: String
    }

    /// The token: `vc+jwt`, or `dc+sd-jwt` with the disclosures of what is shown beside facts.
    public let credential: String
    /// The key that signed the token, and behind it the one that signed the status list where that is another.
    public let jwks: JSON
    /// The log's verifier key.
    public let vkey: String
    /// The facts that are shown.
    public let facts: [Fact]
    /// The status list that the credential names (`statuslist+jwt`) as it was when the bundle was made; nil without one.
    public let status: String?

    /// A status list as it is published.
    public struct StatusList: Sendable {
        /// The token.
        public let token: String
        /// The key that signed it.
        public let key: JWK

        /// The list `token`, signed by `key`.
        public init(token: String, key: JWK) {
            self.token = token
            self.key = key
        }
    }

    /// The bundle of `credential`, signed by `key`.
    ///
    /// From each proof is left out what a reader of the bundle could not check: bytes added by the maker, and lines of
    /// signers that are neither the log nor one of the credential's witnesses.
    /// - Parameters:
    ///   - ledger: as it stands in the credential.
    ///   - facts: what to show; each disclosure's digest is among the credential's evidence.
    ///   - status: the newest list with the credential's status.
    public init(
        credential: JWS, key: JWK, ledger: CredentialPayload.Ledger,
        facts: [(disclosure: Disclosure, proof: TlogProof)], status: StatusList? = nil
    ) {
        self.init(credential.text, key: key, ledger: ledger, facts: facts, status: status)
    }

    /// The same of a selectively disclosed token, with what is shown beside facts.
    public init(
        credential: SDJWT, key: JWK, ledger: CredentialPayload.Ledger,
        facts: [(disclosure: Disclosure, proof: TlogProof)], status: StatusList? = nil
    ) {
        self.init(credential.text, key: key, ledger: ledger, facts: facts, status: status)
    }

    private init(
        _ credential: String, key: JWK, ledger: CredentialPayload.Ledger,
        facts: [(disclosure: Disclosure, proof: TlogProof)], status: StatusList?
    ) {
        let signers = [ledger.key] + ledger.witnesses
        self.credential = credential
        self.jwks = JWKS([key] + (status.map { $0.key == key ? [] : [$0.key] } ?? [])).json
        self.status = status?.token
        self.vkey = ledger.key.text
        self.facts = facts.map { fact in
            Fact(
                commitment: Commitment(disclosure: fact.disclosure.text).text, disclosure: fact.disclosure.text,
                proof: fact.proof.keeping(signers).text)
        }.sorted { $0.commitment < $1.commitment }
    }

    /// A bundle of parts as they stand in a file; nothing is verified.
    init(credential: String, jwks: JSON, vkey: String, facts: [Fact], status: String? = nil) {
        self.status = status
        self.credential = credential
        self.jwks = jwks
        self.vkey = vkey
        self.facts = facts
    }

    /// Reads a file; nothing is verified.
    ///
    /// - Throws: `BundleError`.
    public init(parsing bytes: some Collection<UInt8>) throws(BundleError) {
        guard bytes.count <= Bundle.limit else { throw .tooLarge }
        let json: JSON
        do throws(JSONError) { json = try JSON(parsing: bytes) } catch { throw .notJSON(error) }
        let (text, canonical) = (Array(bytes), Array(json.canonical.utf8))
        guard text == canonical || text == canonical + [UInt8(ascii: "\n")] else { throw .notCanonical }
        let status: Set<String> = json["status"] == nil ? [] : ["status"]
        let members = try Bundle.members(
            of: json, named: status.union(["format", "credential", "jwks", "vkey", "disclosures"]), at: "")
        self.status = status.isEmpty ? nil : try Bundle.text("status", in: members, at: "")
        guard members["format"]?.string == Bundle.format else { throw .malformed(pointer: "/format") }
        guard let jwks = members["jwks"], let facts = members["disclosures"]?.array else {
            throw .malformed(pointer: "/disclosures")
        }
        self.jwks = jwks
        self.credential = try Bundle.text("credential", in: members, at: "")
        self.vkey = try Bundle.text("vkey", in: members, at: "")
        var read: [Fact] = []
        for (position, fact) in facts.enumerated() {
            let pointer = "/disclosures/\(position)"
            let members = try Bundle.members(of: fact, named: ["commitment", "disclosure", "proof"], at: pointer)
            read.append(
                Fact(
                    commitment: try Bundle.text("commitment", in: members, at: pointer),
                    disclosure: try Bundle.text("disclosure", in: members, at: pointer),
                    proof: try Bundle.text("proof", in: members, at: pointer)))
        }
        self.facts = read
    }

    /// The bundle as it is saved, its line end included.
    public var text: String {
        let facts = self.facts.map { fact in
            [
                "commitment": .string(fact.commitment), "disclosure": .string(fact.disclosure),
                "proof": .string(fact.proof),
            ] as JSON
        }
        var members: [String: JSON] = [
            "format": .string(Bundle.format), "credential": .string(self.credential), "jwks": self.jwks,
            "vkey": .string(self.vkey), "disclosures": .array(facts),
        ]
        members["status"] = self.status.map(JSON.string)
        return JSON.object(members).canonical + "\n"
    }

    private static func members(
        of json: JSON, named names: Set<String>, at pointer: String
    ) throws(BundleError) -> [String: JSON] {
        guard let members = json.object, Set(members.keys) == names else { throw .malformed(pointer: pointer) }
        return members
    }

    private static func text(
        _ name: String, in members: [String: JSON], at pointer: String
    ) throws(BundleError) -> String {
        guard let text = members[name]?.string else { throw .malformed(pointer: "\(pointer)/\(name)") }
        return text
    }
}

extension TlogProof {
    /// The proof with the lines of `signers` and nothing else that is not part of it.
    fileprivate func keeping(_ signers: [VerifierKey]) -> TlogProof {
        do throws(NoteError) {
            var note = try SignedNote(text: self.note.text)
            for line in self.note.signatures where signers.contains(where: { $0.isSigner(of: line) }) {
                note.add(line)
            }
            return TlogProof(index: self.index, hashes: self.hashes, note: note)
        } catch {
            preconditionFailure("the text of a note is the text of a note")
        }
    }
}
