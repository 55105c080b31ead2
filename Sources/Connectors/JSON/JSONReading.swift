import CSimdjson

/// What is wrong with a value, and where it is.
struct Misfit: Error, Equatable {
    /// The names of the members on the way to it.
    var path: [String] = []
    /// What it is not.
    let what: String

    /// A few words that begin with the member's path.
    var reason: String { "\(self.path.isEmpty ? "the line" : self.path.joined(separator: ".")): \(self.what)" }
}

/// What can be read from a JSON value.
protocol JSONReadable {
    init(_ json: JSONValue) throws(Misfit)
}

extension JSONValue {
    /// The member called `name`, which must be there.
    func read<Value: JSONReadable>(_ name: StaticString, as type: Value.Type = Value.self) throws(Misfit) -> Value {
        try self.requireObject()
        guard let member = try self.member(name) else { throw Misfit(path: ["\(name)"], what: "missing") }
        return try Value.read(member, as: name)
    }

    /// The member called `name`, nil when it is not there or null.
    func readIfPresent<Value: JSONReadable>(
        _ name: StaticString, as type: Value.Type = Value.self
    ) throws(Misfit) -> Value? {
        try self.requireObject()
        guard let member = try self.member(name), member.kind != STANDING_JSON_NULL else { return nil }
        return try Value.read(member, as: name)
    }

    private func requireObject() throws(Misfit) {
        if self.kind != STANDING_JSON_OBJECT { throw self.misfit("an object") }
    }

    /// The error that says what this value is not.
    func misfit(_ wanted: String) -> Misfit {
        Misfit(what: self.kind == STANDING_JSON_NULL ? "null, not \(wanted)" : "not \(wanted)")
    }

    /// Whether it is a text.
    var isText: Bool { self.kind == STANDING_JSON_TEXT }
    /// Whether it is a whole number.
    var isInteger: Bool { self.kind == STANDING_JSON_INTEGER }
}

extension JSONReadable {
    fileprivate static func read(_ member: JSONValue, as name: StaticString) throws(Misfit) -> Self {
        do {
            return try Self(member)
        } catch {
            throw Misfit(path: ["\(name)"] + error.path, what: error.what)
        }
    }
}

extension String: JSONReadable {
    init(_ json: JSONValue) throws(Misfit) {
        guard let text = json.text else { throw json.misfit("text") }
        self = text
    }
}

extension Int64: JSONReadable {
    init(_ json: JSONValue) throws(Misfit) {
        guard let value = json.integer else { throw json.misfit("a whole number") }
        self = value
    }
}

extension Bool: JSONReadable {
    init(_ json: JSONValue) throws(Misfit) {
        guard json.kind == STANDING_JSON_BOOL else { throw json.misfit("true or false") }
        self = json.isTrue
    }
}
