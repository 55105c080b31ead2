public import CanonicalJSON

/// Why a document is not evidence: the member at fault.
public struct MalformedEvidence: Error, Equatable, CustomStringConvertible {
    /// The member, as a JSON pointer.
    public let pointer: String

    /// A sentence for a person.
    public var description: String { "the evidence document has no valid \(self.pointer)" }
}

extension Evidence {
    /// The version of the document's schema.
    public static let schemaVersion: Int64 = 1

    /// What is done about members that no fact has.
    public enum UnknownMembers: Sendable {
        /// They are passed over, so that what a later version stored can be shown.
        case ignored
        /// They are refused: a misspelt member would be lost without a word.
        case refused
    }

    /// The fact as the JSON value that is committed to, stored and disclosed: what `canonicalDocument` says.
    public var document: JSON {
        do {
            return try JSON(parsing: self.canonicalDocument.utf8)
        } catch {
            preconditionFailure("the text of a fact is JSON: \(error)")
        }
    }

    /// Reads the text of a document.
    ///
    /// - Parameter observedAt: when the fact was observed, in place of what the text says or leaves out.
    /// - Throws: `JSONError`, or `MalformedEvidence` naming the first member that is missing or not of its kind.
    @inlinable
    public init(
        parsing text: some Sequence<UInt8>, unknownMembers: UnknownMembers = .ignored, observedAt: Instant? = nil
    ) throws {
        try self.init(JSONReader(text, depth: 16), unknownMembers: unknownMembers, observedAt: observedAt)
    }

    @usableFromInline
    init(_ reader: consuming JSONReader, unknownMembers: UnknownMembers, observedAt: Instant?) throws {
        let document = DocumentReader(unknownMembers: unknownMembers)
        self = try document.evidence(&reader, observedAt: observedAt)
        try reader.end()
    }

    /// Reads a document that is a value already.
    ///
    /// - Throws: `MalformedEvidence` as above.
    public init(document: JSON) throws { try self.init(parsing: document.canonicalBytes) }
}

extension Account {
    /// The account as it stands in documents.
    public var document: JSON {
        [
            "platform": .string(self.key.platform.rawValue), "id": .string(self.key.id), "login": .string(self.login),
            "kind": .string(self.kind.rawValue),
        ]
    }
}
