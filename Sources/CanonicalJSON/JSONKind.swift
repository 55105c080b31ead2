/// What a JSON value is, as its first byte says.
public enum JSONKind: Sendable {
    case object, array, string, number
    /// `true`, `false` or `null`.
    case word

    /// The kind of a value that begins with `byte`, nil when none does.
    init?(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "{"): self = .object
        case UInt8(ascii: "["): self = .array
        case UInt8(ascii: "\""): self = .string
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): self = .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"): self = .word
        default: return nil
        }
    }
}
