public import CanonicalJSON
internal import Crypto

/// What became of a credential after it was issued.
public enum CredentialStatus: UInt8, Sendable, CaseIterable {
    /// Nothing.
    case valid = 0
    /// It was taken back, for good.
    case revoked = 1
    /// It is not to be relied on for now.
    case suspended = 2

    /// The word that JSON and people use.
    public var word: String {
        switch self {
        case .valid: "valid"
        case .revoked: "revoked"
        case .suspended: "suspended"
        }
    }

    /// The purpose of the Bitstring Status List that says so; nil of what none says.
    public var purpose: String? {
        switch self {
        case .valid: nil
        case .revoked: "revocation"
        case .suspended: "suspension"
        }
    }

    /// The status that `word` names.
    public init?(word: some StringProtocol) {
        guard let status = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = status
    }
}

/// The statuses of all credentials of one list, from which both kinds of lists are made.
///
/// The two standards disagree in everything but the idea: the Token Status List counts bits from the lowest of each byte
/// and is compressed with zlib, the Bitstring Status List counts from the highest and is compressed with gzip.
public struct StatusTable: Sendable, Equatable {
    /// How many statuses a list has: the fewest a Bitstring Status List may have (section 6.1), so that the place of a
    /// credential among them tells nothing.
    public static let count = 131_072
    /// Bits of a status in the token list: enough for revoked and suspended.
    public static let tokenBits = 2
    /// The most bytes that a list of others may grow to.
    private static let limit = 1 << 20

    private var statuses: [Int: CredentialStatus] = [:]

    /// A table in which everything is valid but what `statuses` says by index.
    public init(_ statuses: [Int: CredentialStatus] = [:]) { self.statuses = statuses.filter { $0.value != .valid } }

    /// The status at `index`.
    public subscript(index: Int) -> CredentialStatus { self.statuses[index] ?? .valid }

    /// The `status_list` of a token (IETF Token Status List, section 4.2).
    public var tokenList: JSON {
        var bytes = [UInt8](repeating: 0, count: Self.count * Self.tokenBits / 8)
        for (index, status) in self.statuses {
            let bit = index * Self.tokenBits
            bytes[bit / 8] |= status.rawValue << UInt8(bit % 8)
        }
        return ["bits": .int(Int64(Self.tokenBits)), "lst": .string(Base64URL.encode(Deflate.zlib(bytes)))]
    }

    /// The `encodedList` of a Bitstring Status List whose purpose is `status` (section 2.1): its bit says that the
    /// credential is that.
    public func bitstring(of status: CredentialStatus) -> String {
        var bytes = [UInt8](repeating: 0, count: Self.count / 8)
        for (index, one) in self.statuses where one == status { bytes[index / 8] |= 0x80 >> UInt8(index % 8) }
        return "u" + Base64URL.encode(Deflate.gzip(bytes))
    }

    /// The number at `index` of the token list `json` of any maker; nil when it cannot be read or has no such index.
    public static func value(at index: Int64, ofTokenList json: JSON) -> UInt8? {
        guard let bits = json["bits"]?.int, [1, 2, 4, 8].contains(bits), index >= 0, index < Int64(Self.limit) * 8,
            let data = json["lst"]?.string.flatMap({ Base64URL.decode($0) }), data.count <= Self.limit
        else { return nil }
        // Whatever keeps a list from being read, its reader may say no more than that: the status is not known.
        guard let bytes = try? Deflate.inflate(zlib: data, limit: Self.limit) else { return nil }
        let bit = Int(index * bits)
        guard bit / 8 < bytes.count else { return nil }
        return bytes[bit / 8] >> UInt8(bit % 8) & UInt8((1 << bits) - 1)
    }

    /// Whether the bit at `index` of the bitstring list `encoded` of any maker is set; nil when it cannot be read or has no
    /// such index.
    public static func bit(at index: Int64, ofBitstring encoded: String) -> Bool? {
        guard encoded.hasPrefix("u"), index >= 0, index < Int64(Self.limit) * 8,
            let data = Base64URL.decode(encoded.dropFirst()), data.count <= Self.limit
        else { return nil }
        // A list that does not inflate cannot be read, whatever it is that is wrong: the status is not known.
        guard let bytes = try? Deflate.inflate(gzip: data, limit: Self.limit), index / 8 < bytes.count else {
            return nil
        }
        return bytes[Int(index / 8)] & 0x80 >> UInt8(index % 8) != 0
    }
}
