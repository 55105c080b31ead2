/// A JSON value restricted to what RFC 8785 can write without choices: no fractions, integers within ±(2^53 − 1).
///
/// Everything Standing hashes or signs is one of these, so a value has exactly one text. Levels, intervals and other
/// fractions are carried as integers in a stated unit (per mille, seconds).
public enum JSON: Hashable, Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case string(String)
    case array([JSON])
    case object([String: JSON])
}

extension JSON {
    /// The largest integer every JSON reader keeps exactly (2^53 − 1).
    public static let largestInteger: Int64 = 9_007_199_254_740_991

    /// The member `name` of an object, or nil when this is not an object or has no such member.
    public subscript(name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    /// The text of a string value, else nil.
    public var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    /// The value of an integer, else nil.
    public var int: Int64? {
        guard case .int(let value) = self else { return nil }
        return value
    }

    /// The value of a boolean, else nil.
    public var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The elements of an array, else nil.
    public var array: [JSON]? {
        guard case .array(let value) = self else { return nil }
        return value
    }

    /// The members of an object, else nil.
    public var object: [String: JSON]? {
        guard case .object(let value) = self else { return nil }
        return value
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// A string value.
    public init(stringLiteral value: String) { self = .string(value) }
    /// An integer value.
    public init(integerLiteral value: Int64) { self = .int(value) }
    /// A boolean value.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// An array value.
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    /// An object value; of two members with one name the last stays.
    public init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { _, last in last }))
    }
}
