internal import Foundation
internal import Transparency

/// What the owner of a log knows to have done: commitments, one a line; `#` begins a remark.
struct Expectations {
    private static let limit = 64 * 1024 * 1024

    private let ids: Set<Commitment>

    /// - Throws: `Ending` for a file that cannot be read, or a line that is no commitment.
    init(path: String) throws(Ending) {
        let bytes: Data
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            bytes = try file.read(upToCount: Self.limit + 1) ?? Data()
        } catch {
            throw .refused("\(path): \(error.localizedDescription)")
        }
        guard bytes.count <= Self.limit else { throw .refused("\(path): it is larger than 64 MiB") }
        var ids: Set<Commitment> = []
        for (number, line) in String(decoding: bytes, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false
        ).enumerated() {
            let word = line.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
            guard !word.isEmpty else { continue }
            guard let id = Commitment(text: word) else {
                throw .refused("\(path), line \(number + 1): a commitment is 43 characters of base64url")
            }
            ids.insert(id)
        }
        self.ids = ids
    }

    /// Whether the entry with this commitment, or leaf hash of a malformed one, is expected.
    func contains(_ id: String) -> Bool { Commitment(text: id).map(self.ids.contains) ?? false }
}
