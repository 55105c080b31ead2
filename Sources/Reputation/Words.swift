public import CanonicalJSON

// The words that documents say things with.

extension Evidence.Kind: JSONWord {
    /// See `JSONWord`.
    public static let vocabulary = Vocabulary<Self>()
}

extension Evidence.Counterparty.Role: JSONWord {
    /// See `JSONWord`.
    public static let vocabulary = Vocabulary<Self>()
}

extension Evidence.Association: JSONWord {
    /// See `JSONWord`.
    public static let vocabulary = Vocabulary<Self>()
}

extension Evidence.Outcome: JSONWord {
    /// See `JSONWord`.
    public static let vocabulary = Vocabulary<Self>()
}

extension Evidence.Measure: JSONWord {
    /// See `JSONWord`.
    public static let vocabulary = Vocabulary<Self>()
}

extension Evidence.Flag: JSONWord {
    /// See `JSONWord`.
    public static let vocabulary = Vocabulary<Self>()
}

extension Evidence.Source.Class: JSONWord {
    /// See `JSONWord`.
    public static let vocabulary = Vocabulary<Self>()
}

extension Evidence.Signature.State: JSONWord {
    /// See `JSONWord`.
    public static let vocabulary = Vocabulary<Self>()
}

extension Account.Kind: JSONWord {
    /// See `JSONWord`.
    public static let vocabulary = Vocabulary<Self>()
}
