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

/// The names an object has had so far, on a pile with those of the objects around it: most objects are small, and a list of
/// their own for each costs more than reading them.
///
/// Canonical texts have their names in order, so one that is behind the last needs no search. Few others are compared one by
/// one; many, which only an attacker sends, are hashed.
struct SeenNames {
    private let start: Int
    private var isSorted = true
    private var many: Set<String> = []

    /// Those of an object that begins after the ones in `pile`.
    init(after pile: [String]) { self.start = pile.count }

    /// Adds `name` to the object's part of `pile`; false when it was there.
    mutating func insert(_ name: String, into pile: inout [String]) -> Bool {
        guard self.many.isEmpty else { return self.many.insert(name).inserted }
        if pile.count > self.start, self.isSorted, name <= pile[pile.count - 1] { self.isSorted = false }
        if !self.isSorted {
            guard !pile[self.start...].contains(name) else { return false }
            if pile.count - self.start >= 24 { self.many = Set(pile[self.start...]).union([name]) }
        }
        pile.append(name)
        return true
    }

    /// Takes the object's names off `pile`.
    func forget(_ pile: inout [String]) { pile.removeSubrange(self.start...) }
}
