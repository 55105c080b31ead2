import CanonicalJSON
import Credentials
import Crypto
public import Decoding
import Foundation

/// The organisations whose word the operator takes, and the keys they sign with.
///
/// The file is a JSON list of `{"id": …, "name": …, "keys": [ … ]}`: the id is the issuer that documents name, a key is a JWK
/// (RFC 7517) or a `publicKeyMultibase` (`z6Mk…`). No document brings a key along that counts.
public struct Organisations: Sendable {
    struct Organisation: Sendable {
        let id: String
        let name: String
        let keys: [JWK]
    }

    private let byID: [String: Organisation]

    /// The organisations that the file at `path` lists.
    ///
    /// - Throws: `ReadError`: `unreadable`, or `unknownFormat` with what is wrong with it.
    public init(path: String) throws(ReadError) {
        let file = URL(fileURLWithPath: path).lastPathComponent
        let bytes = try inflatedBytes(ofFile: path, limit: 1 << 20)
        do throws(Refusal) {
            try self.init(Place(parsing: bytes))
        } catch {
            throw ReadError(kind: .unknownFormat, file: file, offset: 0, detail: error.reason)
        }
    }

    init(_ place: Place) throws(Refusal) {
        var byID: [String: Organisation] = [:]
        for element in try place.elements() {
            let id = try element["id"].name()
            guard byID[id] == nil else { throw Refusal(reason: "\(element["id"].path): listed twice") }
            var keys: [JWK] = []
            for key in try element["keys"].elements() { keys.append(try Organisations.key(key)) }
            guard !keys.isEmpty else { throw element["keys"].refusal("keys") }
            byID[id] = Organisation(id: id, name: try element["name"].name(), keys: keys)
        }
        guard !byID.isEmpty else { throw Refusal(reason: "it lists no organisation") }
        self.byID = byID
    }

    private static func key(_ place: Place) throws(Refusal) -> JWK {
        if let text = place.value.string {
            guard let key = Ed25519PublicKey(multikey: text) else { throw place.refusal("an Ed25519 multikey") }
            return .ed25519(key)
        }
        do {
            return try JWK(json: place.value)
        } catch {
            throw place.refusal(error == .secret ? "a public key: it holds the secret" : "a public key")
        }
    }

    /// The organisation that signed `document`, and what it signed.
    ///
    /// - Throws: `Refusal`, when no listed key of the issuer that the document names verifies it.
    func signed(_ document: Document) throws(Refusal) -> (by: Organisation, content: Place) {
        if let token = document.token { return try self.signed(token: token) }
        let place = try document.place.get()
        let organisation = try self.organisation(place)
        for case .ed25519(let key) in organisation.keys {
            do throws(DataIntegrityError) {
                return (organisation, Place(try DataIntegrity.verify(place.value, by: key)))
            } catch {
                switch error {
                case .wrongSignature: continue
                case .malformed(let member), .unsupported(let member):
                    throw Refusal(reason: "\(member): only proofs of the suite \(DataIntegrity.suite) are read")
                case .wrongContext: throw Refusal(reason: "proof: its context is not the document's")
                }
            }
        }
        throw Refusal(reason: "no listed key of \(quoted(organisation.id)) verifies it")
    }

    private func signed(token: String) throws(Refusal) -> (by: Organisation, content: Place) {
        let signed: JWS
        do { signed = try JWS(parsing: token) } catch {
            throw Refusal(reason: "not a token that is read here: \(error)")
        }
        let type = signed.header["typ"]?.string
        guard type == nil || ["JWT", "vc+jwt", "vc+ld+jwt"].contains(type) else {
            throw Refusal(reason: "typ: \(quoted(type ?? "")) is no credential's")
        }
        for organisation in self.byID.values.sorted(by: { $0.id < $1.id }) {
            for key in organisation.keys where key.algorithm == signed.header["alg"]?.string {
                guard let payload = try Organisations.payload(of: signed, by: key, type: type) else { continue }
                let content = Place(payload["vc"] ?? payload)
                let issuers = [payload["iss"]?.string, Organisations.issuer(content)].compactMap(\.self)
                guard !issuers.isEmpty, issuers.allSatisfy({ $0 == organisation.id }) else {
                    throw Refusal(reason: "iss: not the one whose key signed it")
                }
                return (organisation, content)
            }
        }
        throw Refusal(reason: "no listed key verifies it")
    }

    /// What `key` signed; nil when it is another key's.
    private static func payload(of signed: JWS, by key: JWK, type: String?) throws(Refusal) -> JSON? {
        do {
            return try signed.payload(verifiedBy: key, type: type)
        } catch {
            if error == .wrongSignature { return nil }
            throw Refusal(reason: "not a token that is read here: \(error)")
        }
    }

    private func organisation(_ place: Place) throws(Refusal) -> Organisation {
        guard let id = Organisations.issuer(place) else { throw place["issuer"].refusal("an issuer") }
        guard let organisation = self.byID[id] else { throw Refusal(reason: "issuer: \(quoted(id)) is not listed") }
        return organisation
    }

    /// Who the document says it is from: an address, or an object with one.
    private static func issuer(_ place: Place) -> String? {
        place["issuer"].value.string ?? place["issuer"]["id"].value.string
    }
}
