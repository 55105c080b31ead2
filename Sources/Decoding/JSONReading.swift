import CSimdjson

/// What is wrong with a value, and where it is.
public struct Misfit: Error, Equatable {
    /// The names of the members on the way to it.
    @usableFromInline let path: [String]
    /// What it is not.
    @usableFromInline let what: String

    /// A value is wrong.
    public init(what: String) { self.init(path: [], what: what) }

    @usableFromInline
    init(path: [String], what: String) {
        self.path = path
        self.what = what
    }

    /// A few words that begin with the member's path.
    public var reason: String { "\(self.path.isEmpty ? "the line" : self.path.joined(separator: ".")): \(self.what)" }
}

/// What can be read from a JSON value.
public protocol JSONReadable {
    /// What `json` says.
    init(_ json: JSONValue) throws(Misfit)
}

// What is generic is inlinable, so that a line of the archive is read without asking for each member what type it has.
extension JSONValue {
    /// The member called `name`, which must be there.
    @inlinable
    public func read<Value: JSONReadable>(_ name: StaticString, as type: Value.Type = Value.self) throws(Misfit)
        -> Value
    {
        try Value.read(self.required(name), as: name)
    }

    /// The member called `name`, nil when it is not there or null.
    @inlinable
    public func readIfPresent<Value: JSONReadable>(
        _ name: StaticString, as type: Value.Type = Value.self
    ) throws(Misfit) -> Value? {
        guard let member = try self.memberUnlessNull(name) else { return nil }
        return try Value.read(member, as: name)
    }

    @usableFromInline
    func required(_ name: StaticString) throws(Misfit) -> JSONValue {
        try self.requireObject()
        guard let member = try self.member(name) else { throw Misfit(path: ["\(name)"], what: "missing") }
        return member
    }

    @usableFromInline
    func memberUnlessNull(_ name: StaticString) throws(Misfit) -> JSONValue? {
        try self.requireObject()
        guard let member = try self.member(name), member.kind != STANDING_JSON_NULL else { return nil }
        return member
    }

    private func requireObject() throws(Misfit) {
        if self.kind != STANDING_JSON_OBJECT { throw self.misfit("an object") }
    }

    /// The error that says what this value is not.
    public func misfit(_ wanted: String) -> Misfit {
        Misfit(what: self.kind == STANDING_JSON_NULL ? "null, not \(wanted)" : "not \(wanted)")
    }

    /// Whether it is a text.
    public var isText: Bool { self.kind == STANDING_JSON_TEXT }
    /// Whether it is a whole number.
    public var isInteger: Bool { self.kind == STANDING_JSON_INTEGER }
}

extension JSONReadable {
    @inlinable
    static func read(_ member: JSONValue, as name: StaticString) throws(Misfit) -> Self {
        do {
            return try Self(member)
        } catch {
            throw Misfit(path: ["\(name)"] + error.path, what: error.what)
        }
    }
}

extension String: JSONReadable {
    /// The text.
    public init(_ json: JSONValue) throws(Misfit) {
        guard let text = json.text else { throw json.misfit("text") }
        self = text
    }
}

extension Int64: JSONReadable {
    /// The whole number.
    public init(_ json: JSONValue) throws(Misfit) {
        guard let value = json.integer else { throw json.misfit("a whole number") }
        self = value
    }
}

extension Bool: JSONReadable {
    /// `true` or `false`.
    public init(_ json: JSONValue) throws(Misfit) {
        guard json.kind == STANDING_JSON_BOOL else { throw json.misfit("true or false") }
        self = json.isTrue
    }
}
