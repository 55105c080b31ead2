/// A project's own word on which addresses are one person's (gitmailmap(5)).
///
/// An entry that holds only for one name of an address is passed over: evidence has addresses and no names.
public struct Mailmap: Sendable {
    private var addresses: [String: String] = [:]
    private var names: [String: Set<String>] = [:]

    /// No entries: everybody is who the address says.
    public init() {}

    /// Reads a mailmap; a line that is no entry says nothing.
    public init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            let entry = line.prefix { $0 != "#" }
            let parts = entry.split(separator: "<", omittingEmptySubsequences: false)
            let found = parts.dropFirst().compactMap { part -> (address: String, rest: Substring)? in
                guard let close = part.firstIndex(of: ">") else { return nil }
                return (part[..<close].lowercased().trimmed, part[part.index(after: close)...])
            }
            guard let proper = found.first, found.count == parts.count - 1, found.count <= 2,
                let commit = found.last
            else { continue }
            guard found.count == 1 || proper.rest.allSatisfy(\.isWhitespace) else { continue }
            if found.count == 2 { self.addresses[commit.address] = proper.address }
            let name = String(parts[0]).trimmed
            if !name.isEmpty { self.names[name, default: []].insert(proper.address) }
        }
    }

    /// The address that stands for the person whose address is `address`.
    public func address(_ address: String) -> String { self.addresses[address] ?? address }

    /// The addresses that the mailmap gives somebody called `name`.
    func addresses(named name: String) -> Set<String> {
        Set((self.names[name] ?? []).map { self.address($0) })
    }
}

extension String {
    /// Without white space at either end.
    var trimmed: String {
        let rest = self.drop(while: \.isWhitespace)
        return String(rest.dropLast(rest.reversed().prefix(while: \.isWhitespace).count))
    }
}
