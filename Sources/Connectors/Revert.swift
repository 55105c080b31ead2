/// How changes and commits say that they take another one back: in the words that GitHub's button and `git revert` write.
enum Revert {
    /// Whether `title` is of a change that may be a revert.
    static func isTitle(_ title: String) -> Bool { title.hasPrefix("Revert ") }

    /// The change, as `#12`, of `project` that a change with this body reverts: `Reverts owner/name#12` on a line of its
    /// own.
    static func change(_ body: String, of project: String) -> String? {
        for line in body.split(whereSeparator: \.isNewline).prefix(40) where line.hasPrefix("Reverts ") {
            let words = line.split(separator: " ")
            guard words.count == 2, let hash = words[1].lastIndex(of: "#") else { continue }
            let home = words[1][..<hash].lowercased()
            guard home.isEmpty || home == project.lowercased() else { continue }
            let number = words[1][words[1].index(after: hash)...]
            guard (1...9).contains(number.utf8.count), number.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                number.first != "0"
            else { continue }
            return "#\(number)"
        }
        return nil
    }

    /// The commit that one with this message reverts: `This reverts commit <id>`. A message that names several reverts none
    /// in particular.
    static func commit(_ message: String) -> String? {
        let words = "This reverts commit "
        guard message.contains(words) else { return nil }
        let named = message.split(whereSeparator: \.isNewline).compactMap { line -> Substring? in
            guard line.hasPrefix(words) else { return nil }
            let id = line.dropFirst(words.count).prefix { $0.isASCII && $0.isHexDigit }
            return Commit.isObjectID(id) ? id : nil
        }
        return named.count == 1 ? named.first.map(String.init) : nil
    }
}
