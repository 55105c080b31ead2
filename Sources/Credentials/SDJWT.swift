public import CanonicalJSON
internal import Crypto

/// Why a selectively disclosed token is not to be relied on.
public enum SDJWTError: Error, Equatable {
    /// Over `SDJWT.limit` bytes, or over `SDJWT.mostDisclosures` disclosures.
    case tooLarge
    /// Not a token, disclosures and, at most, a key binding, with `~` after each but the last.
    case malformed
    /// The issuer's token.
    case token(JWSError)
    /// A disclosure cannot be read.
    case disclosure(DisclosureError)
    /// Digests are made with another hash than SHA-256.
    case unknownHash
    /// A digest stands in two places, or two disclosures are the same (RFC 9901, section 7.1).
    case duplicateDigest
    /// A disclosure whose digest is nowhere.
    case unreferencedDisclosure
    /// A disclosure of an element where a member is hidden, or the other way round, or an array element whose digest is none.
    case misplacedDisclosure
    /// A disclosure is of a member that is there already, or of one that may not be hidden.
    case forbiddenName(String)
    /// Disclosures in one another beyond any sense.
    case tooDeep
}

/// A token whose claims are shown one by one (RFC 9901): `token~disclosure~…~`, then nothing or a key binding.
public struct SDJWT: Hashable, Sendable {
    /// The size, in bytes, from which a token is refused unread.
    public static let limit = 8_388_608
    /// The most disclosures that are looked at.
    public static let mostDisclosures = 20_000
    /// How deep disclosures may lie in one another.
    private static let depth = 16
    /// What a credential may not hide (SD-JWT VC, section 2.2.2.2).
    private static let alwaysShown: Set<String> = [
        "iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status",
    ]

    /// What the issuer signed.
    public let token: JWS
    /// What is shown.
    public let disclosures: [Disclosure]
    /// The holder's word that this is shown to one reader, not verified.
    public let keyBinding: JWS?

    /// A token with disclosures, without a key binding.
    public init(_ token: JWS, disclosures: [Disclosure]) {
        self.token = token
        self.disclosures = disclosures
        self.keyBinding = nil
    }

    /// Reads a token; nothing is verified.
    ///
    /// - Throws: `SDJWTError`.
    public init(parsing text: String) throws(SDJWTError) {
        guard text.utf8.count <= SDJWT.limit else { throw .tooLarge }
        let parts = text.utf8.split(separator: UInt8(ascii: "~"), omittingEmptySubsequences: false)
        guard parts.count >= 2 else { throw .malformed }
        guard parts.count - 2 <= SDJWT.mostDisclosures else { throw .tooLarge }
        do throws(JWSError) {
            self.token = try JWS(parsing: String(parts[0]) ?? "")
            self.keyBinding =
                parts[parts.count - 1].isEmpty ? nil : try JWS(parsing: String(parts[parts.count - 1]) ?? "")
        } catch {
            throw .token(error)
        }
        var disclosures: [Disclosure] = []
        for part in parts[1..<(parts.count - 1)] {
            do throws(DisclosureError) { disclosures.append(try Disclosure(parsing: String(part) ?? "")) } catch {
                throw .disclosure(error)
            }
        }
        self.disclosures = disclosures
    }

    /// The token with its disclosures, ending in `~`: what a key binding is over.
    public var presented: String {
        self.token.text + "~" + self.disclosures.map { $0.text + "~" }.joined()
    }

    /// All of it.
    public var text: String { self.presented + (self.keyBinding?.text ?? "") }

    /// The same token with those disclosures that `isShown` names.
    public func showing(_ isShown: (Disclosure) -> Bool) -> SDJWT {
        SDJWT(self.token, disclosures: self.disclosures.filter(isShown))
    }

    /// The claims with everything that is shown in its place, once the token proves to be signed by `key` and of `type`.
    ///
    /// - Throws: `SDJWTError`.
    public func payload(verifiedBy key: JWK, type: String = "dc+sd-jwt") throws(SDJWTError) -> JSON {
        let payload: JSON
        do throws(JWSError) { payload = try self.token.payload(verifiedBy: key, type: type) } catch {
            throw .token(error)
        }
        return try self.disclosed(payload)
    }

    /// `payload`, which the issuer signed, with everything that is shown in its place (RFC 9901, section 7.1, step 3).
    ///
    /// - Throws: `SDJWTError`.
    public func disclosed(_ payload: JSON) throws(SDJWTError) -> JSON {
        guard case .object(var members) = payload else { throw .malformed }
        if let hash = members.removeValue(forKey: "_sd_alg"), hash != "sha-256" { throw .unknownHash }
        var unfolding = Unfolding()
        for disclosure in self.disclosures {
            guard unfolding.disclosures.updateValue(disclosure, forKey: disclosure.digest.base64URL) == nil else {
                throw .duplicateDigest
            }
        }
        let shown = try unfolding.object(members, depth: SDJWT.depth, hiding: SDJWT.alwaysShown)
        guard unfolding.disclosures.isEmpty else { throw .unreferencedDisclosure }
        return shown
    }
}

/// Puts disclosures where their digests stand.
private struct Unfolding {
    /// Those that have no place yet, by digest.
    var disclosures: [String: Disclosure] = [:]
    private var seen: Set<String> = []

    private mutating func take(_ digest: JSON) throws(SDJWTError) -> Disclosure? {
        guard let digest = digest.string else { throw .misplacedDisclosure }
        guard self.seen.insert(digest).inserted else { throw .duplicateDigest }
        return self.disclosures.removeValue(forKey: digest)
    }

    private mutating func value(_ value: JSON, depth: Int) throws(SDJWTError) -> JSON {
        switch value {
        case .object(let members): try self.object(members, depth: depth, hiding: [])
        case .array(let elements): .array(try self.array(elements, depth: depth))
        default: value
        }
    }

    /// - Parameter reserved: the names that no disclosure may give a member.
    mutating func object(
        _ members: [String: JSON], depth: Int, hiding reserved: Set<String>
    ) throws(SDJWTError) -> JSON {
        var shown: [String: JSON] = [:]
        for (name, value) in members where name != "_sd" {
            guard name != "..." else { throw .misplacedDisclosure }
            shown[name] = try self.value(value, depth: depth)
        }
        guard let hidden = members["_sd"] else { return .object(shown) }
        guard let digests = hidden.array else { throw .misplacedDisclosure }
        for digest in digests {
            guard let disclosure = try self.take(digest) else { continue }
            guard depth > 0 else { throw .tooDeep }
            guard let name = disclosure.name else { throw .misplacedDisclosure }
            let value = try self.value(disclosure.value, depth: depth - 1)
            guard !reserved.contains(name), shown.updateValue(value, forKey: name) == nil else {
                throw .forbiddenName(name)
            }
        }
        return .object(shown)
    }

    private mutating func array(_ elements: [JSON], depth: Int) throws(SDJWTError) -> [JSON] {
        var shown: [JSON] = []
        for element in elements {
            guard let digest = element["..."] else {
                shown.append(try self.value(element, depth: depth))
                continue
            }
            guard element.object?.count == 1 else { throw .misplacedDisclosure }
            guard let disclosure = try self.take(digest) else { continue }
            guard depth > 0 else { throw .tooDeep }
            guard disclosure.name == nil else { throw .misplacedDisclosure }
            shown.append(try self.value(disclosure.value, depth: depth - 1))
        }
        return shown
    }
}
