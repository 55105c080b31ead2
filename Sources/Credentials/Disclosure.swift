public import CanonicalJSON
public import Crypto

/// Why a text is not a disclosure.
public enum DisclosureError: Error, Equatable {
    /// Not strict base64url of JSON.
    case malformed
    /// The JSON is not `[salt, value]` or `[salt, name, value]`.
    case wrongShape
    /// The name is one that RFC 9901 keeps for itself: `_sd` or `...`.
    case reservedName
}

/// A value with the salt that hides it (RFC 9901, section 4.2).
///
/// The digest is what the credential and the ledger hold; the text is what a holder shows, and what is deleted to
/// erase the value.
public struct Disclosure: Hashable, Sendable {
    /// The fewest bytes of randomness a salt is made of: 128 bits (RFC 9901, section 9.3).
    public static let saltByteCount = 16

    /// What is hashed and shown: base64url of the JSON.
    public let text: String
    /// The salt, as text.
    public let salt: String
    /// The member's name in an object, nil for an element of an array.
    public let name: String?
    /// The value.
    public let value: JSON

    /// A disclosure of `value` as an element of an array, or of a member `name`.
    ///
    /// - Parameter salt: `saltByteCount` fresh random bytes or more, used for nothing else.
    public init(_ value: JSON, name: String? = nil, salt: [UInt8]) {
        precondition(salt.count >= Disclosure.saltByteCount, "a salt has 128 bits or more")
        precondition(name != "_sd" && name != "...", "a name RFC 9901 keeps for itself")
        self.salt = Base64URL.encode(salt)
        self.name = name
        self.value = value
        let elements = [JSON.string(self.salt)] + (name.map { [JSON.string($0)] } ?? []) + [value]
        self.text = Base64URL.encode(JSON.array(elements).canonical.utf8)
    }

    /// The text of the disclosure of an element of an array, whose value's canonical text is at hand.
    public static func text(ofElement canonical: String, salt: [UInt8]) -> String {
        precondition(salt.count >= Disclosure.saltByteCount, "a salt has 128 bits or more")
        var json: [UInt8] = []
        json.reserveCapacity(canonical.utf8.count + 32)
        json += "[\"".utf8
        json += Base64URL.encode(salt).utf8
        json += "\",".utf8
        json += canonical.utf8
        json += "]".utf8
        return Base64URL.encode(json)
    }

    /// Reads a disclosure of any maker, whose JSON may be written in other ways than ours.
    ///
    /// - Throws: `DisclosureError`.
    public init(parsing text: String) throws(DisclosureError) {
        guard let bytes = Base64URL.decode(text) else { throw .malformed }
        let json: JSON
        do throws(JSONError) { json = try JSON(parsing: bytes) } catch { throw .malformed }
        guard let elements = json.array, (2...3).contains(elements.count), let salt = elements[0].string,
            let value = elements.last
        else { throw .wrongShape }
        if elements.count == 3 {
            guard let name = elements[1].string else { throw .wrongShape }
            guard name != "_sd", name != "..." else { throw .reservedName }
            self.name = name
        } else {
            self.name = nil
        }
        self.text = text
        self.salt = salt
        self.value = value
    }

    /// The hash of the text (RFC 9901, section 4.2.3).
    public var digest: Digest { SHA256.hash(self.text.utf8) }

    /// What stands in an array in the place of the value: `{"...": digest}` (RFC 9901, section 4.2.4.2).
    public var arrayElement: JSON { ["...": .string(self.digest.base64URL)] }
}
