/// Whom a MAINTAINERS file names: by address where it gives one, else by name.
///
/// Read are `M:` lines as the Linux kernel has them, Markdown list items that begin with a bold name, and lines that
/// are nothing but a name and an address in angle brackets.
public struct Maintainers: Sendable {
    /// Somebody who is named.
    struct Person: Hashable {
        let name: String
        let address: String?
    }

    let people: Set<Person>

    /// Reads the text of such a file.
    public init(_ text: String) {
        self.people = Set(text.split(whereSeparator: \.isNewline).compactMap { Maintainers.person(String($0).trimmed) })
    }

    /// The addresses of those who are named, as `mailmap` has them. A name stands for every address under which its
    /// bearer wrote commits, as `authors` says.
    func addresses(_ mailmap: Mailmap, authors: [String: Set<String>]) -> Set<String> {
        Set(
            self.people.flatMap { person -> [String] in
                let named = (authors[person.name] ?? []).union(mailmap.addresses(named: person.name))
                return (Array(named) + [person.address].compactMap(\.self)).map { mailmap.address($0) }
            })
    }

    private static func person(_ line: String) -> Person? {
        if line.hasPrefix("M:") { return self.contact(String(line.dropFirst(2)).trimmed) }
        for bullet in ["* **", "- **"] where line.hasPrefix(bullet) {
            let name = line.dropFirst(bullet.count)
            guard let end = name.firstRange(of: "**") else { return nil }
            return Person(name: String(name[..<end.lowerBound]).trimmed, address: nil)
        }
        guard line.hasSuffix(">"), !line.contains(":"), !line.hasPrefix("#") else { return nil }
        return self.contact(line)
    }

    private static func contact(_ text: String) -> Person? {
        guard let open = text.firstIndex(of: "<"), let close = text[open...].firstIndex(of: ">") else { return nil }
        let address = text[text.index(after: open)..<close].lowercased()
        guard address.contains("@") else { return nil }
        return Person(name: String(text[..<open]).trimmed, address: address)
    }
}
