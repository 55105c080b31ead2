public import CanonicalJSON

/// Why a stored document is not evidence: the member at fault.
public struct MalformedEvidence: Error, Equatable, CustomStringConvertible {
    /// The member, as a JSON pointer.
    public let pointer: String

    /// A sentence for a person.
    public var description: String { "the evidence document has no valid \(self.pointer)" }
}

extension Evidence {
    /// The version of the document's schema.
    public static let schemaVersion: Int64 = 1

    /// The fact as the JSON value that is committed to, stored and disclosed: what `canonicalDocument` says.
    public var document: JSON {
        do {
            return try JSON(parsing: self.canonicalDocument.utf8)
        } catch {
            preconditionFailure("the text of a fact is JSON: \(error)")
        }
    }

    /// Reads a document back.
    ///
    /// - Throws: `MalformedEvidence` naming the first member that is missing or not of its kind.
    public init(document: JSON) throws(MalformedEvidence) {
        let reader = DocumentReader(members: document.object ?? [:])
        guard try reader.int("v") == Evidence.schemaVersion else { throw MalformedEvidence(pointer: "/v") }
        self.init(
            kind: try reader.name("type"),
            account: try reader.object("account", Account.init),
            project: try reader.object("project", Project.init),
            object: try reader.object("object", Object.init),
            occurredAt: try reader.instant("occurred_at"),
            observedAt: try reader.instant("observed_at"),
            source: try reader.object("source", Source.init))
        self.association = try reader.optionalName("association")
        self.outcome = try reader.optionalName("outcome")
        self.counterparties = try reader.elements("counterparties") { element throws(MalformedEvidence) in
            guard case .object(let members) = element else { throw MalformedEvidence(pointer: "") }
            return try Counterparty(DocumentReader(members: members))
        }
        self.flags = Set(
            try reader.elements("flags") { element throws(MalformedEvidence) in
                guard let flag = element.string.flatMap(Flag.init) else { throw MalformedEvidence(pointer: "") }
                return flag
            })
        self.measures = try reader.object("measures") { reader throws(MalformedEvidence) in
            var measures: [Measure: Int64] = [:]
            for (name, value) in reader.members {
                guard let measure = Measure(rawValue: name), let value = value.int else {
                    throw MalformedEvidence(pointer: "/\(name)")
                }
                measures[measure] = value
            }
            return measures
        }
    }
}

extension Account {
    /// The account as it stands in documents.
    public var document: JSON {
        [
            "platform": .string(self.key.platform.rawValue), "id": .string(self.key.id), "login": .string(self.login),
            "kind": .string(self.kind.rawValue),
        ]
    }

    init(_ reader: DocumentReader) throws(MalformedEvidence) {
        self.init(key: try Key(reader), login: try reader.string("login"), kind: try reader.name("kind"))
    }
}

extension Account.Key {
    init(_ reader: DocumentReader) throws(MalformedEvidence) {
        self.init(platform: Platform(rawValue: try reader.string("platform")), id: try reader.string("id"))
    }
}

extension Project {
    init(_ reader: DocumentReader) throws(MalformedEvidence) {
        self.init(
            platform: Platform(rawValue: try reader.string("platform")), id: try reader.string("id"),
            name: try reader.string("name"))
        if reader.members["owner"] != nil { self.owner = try reader.object("owner", Account.Key.init) }
    }
}

extension Evidence.Object {
    init(_ reader: DocumentReader) throws(MalformedEvidence) {
        self.init(id: try reader.string("id"), unit: try reader.string("unit"))
        if reader.members["url"] != nil { self.url = try reader.string("url") }
    }
}

extension Evidence.Counterparty {
    init(_ reader: DocumentReader) throws(MalformedEvidence) {
        self.init(
            account: try reader.object("account", Account.init), role: try reader.name("role"),
            association: try reader.optionalName("association"))
    }
}

extension Evidence.Source {
    init(_ reader: DocumentReader) throws(MalformedEvidence) {
        self.init(
            adapter: try reader.string("adapter"), class: try reader.name("class"),
            locator: try reader.string("locator"), digest: try reader.string("digest"))
    }
}

/// Reads members of an object. An error has the pointer below this object; whoever reads the object puts its own before.
struct DocumentReader {
    let members: [String: JSON]

    func string(_ name: String) throws(MalformedEvidence) -> String {
        guard let text = self.members[name]?.string else { throw MalformedEvidence(pointer: "/\(name)") }
        return text
    }

    func int(_ name: String) throws(MalformedEvidence) -> Int64 {
        guard let value = self.members[name]?.int else { throw MalformedEvidence(pointer: "/\(name)") }
        return value
    }

    func instant(_ name: String) throws(MalformedEvidence) -> Instant {
        guard let instant = Instant(rfc3339: try self.string(name)) else {
            throw MalformedEvidence(pointer: "/\(name)")
        }
        return instant
    }

    func name<Name: RawRepresentable<String>>(_ name: String) throws(MalformedEvidence) -> Name {
        guard let value = Name(rawValue: try self.string(name)) else { throw MalformedEvidence(pointer: "/\(name)") }
        return value
    }

    func optionalName<Name: RawRepresentable<String>>(_ name: String) throws(MalformedEvidence) -> Name? {
        self.members[name] == nil ? nil : try self.name(name)
    }

    func object<Value>(
        _ name: String, _ read: (DocumentReader) throws(MalformedEvidence) -> Value
    ) throws(MalformedEvidence) -> Value {
        guard case .object(let members)? = self.members[name] else { throw MalformedEvidence(pointer: "/\(name)") }
        do throws(MalformedEvidence) {
            return try read(DocumentReader(members: members))
        } catch {
            throw MalformedEvidence(pointer: "/\(name)\(error.pointer)")
        }
    }

    func elements<Value>(
        _ name: String, _ read: (JSON) throws(MalformedEvidence) -> Value
    ) throws(MalformedEvidence) -> [Value] {
        guard let elements = self.members[name]?.array else { throw MalformedEvidence(pointer: "/\(name)") }
        var values: [Value] = []
        values.reserveCapacity(elements.count)
        for (position, element) in elements.enumerated() {
            do throws(MalformedEvidence) {
                values.append(try read(element))
            } catch {
                throw MalformedEvidence(pointer: "/\(name)/\(position)\(error.pointer)")
            }
        }
        return values
    }
}
