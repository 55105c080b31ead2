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
        let reader = DocumentReader(value: document, pointer: "")
        guard try reader.int("v") == Evidence.schemaVersion else { throw MalformedEvidence(pointer: "/v") }
        self.init(
            kind: try reader.name("type"),
            account: try Account(reader.object("account")),
            project: try Project(reader.object("project")),
            object: try Object(reader.object("object")),
            occurredAt: try reader.instant("occurred_at"),
            observedAt: try reader.instant("observed_at"))
        self.source = try Source(reader.object("source"))
        self.association = try reader.optionalName("association")
        self.outcome = try reader.optionalName("outcome")
        for element in try reader.elements("counterparties") { self.counterparties.append(try Counterparty(element)) }
        for element in try reader.elements("flags") {
            guard let flag = element.value.string.flatMap(Flag.init) else {
                throw MalformedEvidence(pointer: element.pointer)
            }
            self.flags.insert(flag)
        }
        for (name, value) in try reader.object("measures").members {
            guard let measure = Measure(rawValue: name), let value = value.int else {
                throw MalformedEvidence(pointer: "/measures/\(name)")
            }
            self.measures[measure] = value
        }
    }

    private init(
        kind: Kind, account: Account, project: Project, object: Object, occurredAt: Instant, observedAt: Instant
    ) {
        self.init(
            kind: kind, account: account, project: project, object: object, occurredAt: occurredAt,
            observedAt: observedAt, source: Source(adapter: "", class: .own, locator: "", digest: ""))
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
        self.init(
            key: Key(platform: Platform(rawValue: try reader.string("platform")), id: try reader.string("id")),
            login: try reader.string("login"), kind: try reader.name("kind"))
    }
}

extension Project {
    init(_ reader: DocumentReader) throws(MalformedEvidence) {
        self.init(
            platform: Platform(rawValue: try reader.string("platform")), id: try reader.string("id"),
            name: try reader.string("name"))
        if reader.value["owner"] != nil {
            let owner = try reader.object("owner")
            self.owner = Account.Key(
                platform: Platform(rawValue: try owner.string("platform")), id: try owner.string("id"))
        }
    }
}

extension Evidence.Object {
    init(_ reader: DocumentReader) throws(MalformedEvidence) {
        self.init(id: try reader.string("id"), unit: try reader.string("unit"))
        if reader.value["url"] != nil { self.url = try reader.string("url") }
    }
}

extension Evidence.Counterparty {
    init(_ reader: DocumentReader) throws(MalformedEvidence) {
        self.init(
            account: try Account(reader.object("account")), role: try reader.name("role"),
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

/// Reads members of an object, remembering where it is for the error.
struct DocumentReader {
    let value: JSON
    let pointer: String

    var members: [String: JSON] { self.value.object ?? [:] }

    func string(_ name: String) throws(MalformedEvidence) -> String {
        guard let text = self.value[name]?.string else { throw MalformedEvidence(pointer: "\(self.pointer)/\(name)") }
        return text
    }

    func int(_ name: String) throws(MalformedEvidence) -> Int64 {
        guard let value = self.value[name]?.int else { throw MalformedEvidence(pointer: "\(self.pointer)/\(name)") }
        return value
    }

    func instant(_ name: String) throws(MalformedEvidence) -> Instant {
        guard let instant = Instant(rfc3339: try self.string(name)) else {
            throw MalformedEvidence(pointer: "\(self.pointer)/\(name)")
        }
        return instant
    }

    func name<Name: RawRepresentable<String>>(_ name: String) throws(MalformedEvidence) -> Name {
        guard let value = Name(rawValue: try self.string(name)) else {
            throw MalformedEvidence(pointer: "\(self.pointer)/\(name)")
        }
        return value
    }

    func optionalName<Name: RawRepresentable<String>>(_ name: String) throws(MalformedEvidence) -> Name? {
        self.value[name] == nil ? nil : try self.name(name)
    }

    func object(_ name: String) throws(MalformedEvidence) -> DocumentReader {
        guard let value = self.value[name], case .object = value else {
            throw MalformedEvidence(pointer: "\(self.pointer)/\(name)")
        }
        return DocumentReader(value: value, pointer: "\(self.pointer)/\(name)")
    }

    func elements(_ name: String) throws(MalformedEvidence) -> [DocumentReader] {
        guard let elements = self.value[name]?.array else {
            throw MalformedEvidence(pointer: "\(self.pointer)/\(name)")
        }
        return elements.enumerated().map {
            DocumentReader(value: $0.element, pointer: "\(self.pointer)/\(name)/\($0.offset)")
        }
    }
}
