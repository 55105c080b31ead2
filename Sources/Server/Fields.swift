internal import CanonicalJSON
internal import HTTP

/// Reads the members of a JSON body strictly: what is missing, of another kind or unknown is a problem with its pointer.
struct Fields {
    private let members: [String: JSON]

    /// The members of `request`'s body; `known` are all that may be there.
    init(_ request: Request, known: Set<String>) throws(Problem) {
        let value: JSON
        do {
            value = try JSON(parsing: request.body, depth: 16)
        } catch {
            throw .malformed("The body cannot be read as JSON: \(error).")
        }
        guard let members = value.object else { throw .malformed("The body must be a JSON object.") }
        if let unknown = members.keys.filter({ !known.contains($0) }).min() {
            throw .invalid(
                "/\(unknown)", "This member is not known here; known are: \(known.sorted().joined(separator: ", ")).")
        }
        self.members = members
    }

    init(_ value: JSON, at pointer: String, known: Set<String>) throws(Problem) {
        guard let members = value.object else { throw .invalid(pointer, "This must be an object.") }
        if let unknown = members.keys.filter({ !known.contains($0) }).min() {
            throw .invalid("\(pointer)/\(unknown)", "This member is not known here.")
        }
        self.members = members
    }

    func optionalText(_ name: String, most bytes: Int = 200) throws(Problem) -> String? {
        guard let value = self.members[name], value != .null else { return nil }
        guard let text = value.string else { throw .invalid("/\(name)", "This must be text.") }
        guard (1...bytes).contains(text.utf8.count),
            !text.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\n" })
        else { throw .invalid("/\(name)", "This must be 1 to \(bytes) bytes without control characters.") }
        return text
    }

    func text(_ name: String, most bytes: Int = 200) throws(Problem) -> String {
        guard let text = try self.optionalText(name, most: bytes) else {
            throw .invalid("/\(name)", "This member is missing.")
        }
        return text
    }

    func optionalInt(_ name: String, in range: ClosedRange<Int64>) throws(Problem) -> Int64? {
        guard let value = self.members[name], value != .null else { return nil }
        guard let number = value.int, range.contains(number) else {
            throw .invalid("/\(name)", "This must be a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    func flag(_ name: String) throws(Problem) -> Bool {
        guard let value = self.members[name] else { return false }
        guard let flag = value.bool else { throw .invalid("/\(name)", "This must be true or false.") }
        return flag
    }

    func names(_ name: String, among known: Set<String>) throws(Problem) -> [String] {
        guard let value = self.members[name] else { return [] }
        let names = value.array?.compactMap(\.string) ?? []
        guard let elements = value.array, names.count == elements.count, Set(names).isSubset(of: known),
            Set(names).count == names.count
        else { throw .invalid("/\(name)", "This must be a list of: \(known.sorted().joined(separator: ", ")).") }
        return names
    }

    func optionalMember(_ name: String) throws(Problem) -> JSON? {
        self.members[name] == .null ? nil : self.members[name]
    }

    func member(_ name: String) throws(Problem) -> JSON {
        guard let value = self.members[name] else { throw .invalid("/\(name)", "This member is missing.") }
        return value
    }
}

extension Exchange {
    /// The query's parameters by name; an unknown or repeated one is a problem.
    func query(known: Set<String>) throws(Problem) -> [String: String] {
        var values: [String: String] = [:]
        for (name, value) in self.request.query {
            guard known.contains(name) else {
                throw .invalid(
                    "?\(name)",
                    "This parameter is not known here; known are: \(known.sorted().joined(separator: ", ")).")
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw .invalid("?\(name)", "This parameter stands here twice.")
            }
        }
        return values
    }

    /// A whole number of the query, `standard` when it is not there.
    func number(_ text: String?, _ name: String, in range: ClosedRange<Int64>, standard: Int64) throws(Problem) -> Int64
    {
        guard let text else { return standard }
        guard let number = Int64(text), String(number) == text, range.contains(number) else {
            throw .invalid("?\(name)", "This must be a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }
}
