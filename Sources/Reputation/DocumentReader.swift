internal import CanonicalJSON

/// Reads the objects of a document. An error has the pointer below the object; whoever reads the object puts its own before.
struct DocumentReader {
    let unknownMembers: Evidence.UnknownMembers

    /// Reads an object whose members `body` takes by name.
    func members<Name: JSONWord>(
        _ reader: inout JSONReader, _ body: (Name, inout JSONReader) throws -> Void
    ) throws {
        guard reader.next == .object else { throw MalformedEvidence(pointer: "") }
        try reader.object { (name: Name, reader) in
            do {
                try body(name, &reader)
            } catch let error as MalformedEvidence {
                throw MalformedEvidence(pointer: "/\(name.rawValue)\(error.pointer)")
            }
        } other: { name, reader in
            guard self.unknownMembers == .ignored else { throw MalformedEvidence(pointer: "/\(name)") }
            try reader.skip()
        }
    }

    func elements<Value>(
        _ reader: inout JSONReader, _ element: (inout JSONReader) throws -> Value
    ) throws -> [Value] {
        guard reader.next == .array else { throw MalformedEvidence(pointer: "") }
        var values: [Value] = []
        try reader.array { reader in
            do {
                values.append(try element(&reader))
            } catch let error as MalformedEvidence {
                throw MalformedEvidence(pointer: "/\(values.count)\(error.pointer)")
            }
        }
        return values
    }

    func text(_ reader: inout JSONReader) throws -> String {
        guard reader.next == .string else { throw MalformedEvidence(pointer: "") }
        return try reader.string()
    }

    func int(_ reader: inout JSONReader) throws -> Int64 {
        guard reader.next == .number else { throw MalformedEvidence(pointer: "") }
        return try reader.int()
    }

    func instant(_ reader: inout JSONReader) throws -> Instant {
        guard let instant = Instant(rfc3339: try self.text(&reader).utf8.span) else {
            throw MalformedEvidence(pointer: "")
        }
        return instant
    }

    func word<Word: JSONWord>(_ reader: inout JSONReader) throws -> Word {
        guard reader.next == .string, let word = try reader.word(Word.self) else {
            throw MalformedEvidence(pointer: "")
        }
        return word
    }
}

/// The value of the member at `pointer`, which must have been there.
func required<Value>(_ value: Value?, _ pointer: String) throws(MalformedEvidence) -> Value {
    guard let value else { throw MalformedEvidence(pointer: pointer) }
    return value
}
