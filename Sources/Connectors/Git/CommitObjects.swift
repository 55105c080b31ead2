import Decoding
import Foundation

/// The commits of a clone as their objects hold them, byte for byte, in the order they are named in: signatures are over
/// these bytes, and no way that git writes commits for reading leaves all of them as they are.
final class CommitObjects {
    /// A commit that is larger is not looked at.
    private static let limit = 1 << 20

    private let program: Program
    private let stream: ByteStream
    private let list: TemporaryFile
    private var chunk: ArraySlice<UInt8> = []

    /// The commits of `range`, parents before children.
    init(of repository: LocalRepository, range: [String], seconds: Int) throws {
        self.list = try TemporaryFile()
        let handle = try FileHandle(forWritingTo: self.list.url)
        let names = try repository.git(
            ["rev-list", "--topo-order", "--reverse"] + range + ["--"], seconds: seconds, output: handle)
        try names.finish()
        try handle.close()
        self.program = try repository.git(
            ["cat-file", "--batch", "--buffer"], seconds: seconds, input: try FileHandle(forReadingFrom: self.list.url))
        self.stream = ByteStream(pipe: self.program.output, name: "git")
    }

    /// The next commit, which must be `id`; nil when it is too large to be looked at.
    func next(_ id: String) throws -> [UInt8]? {
        let header = String(decoding: try self.take(until: UInt8(ascii: "\n")), as: UTF8.self).split(separator: " ")
        guard header.count == 3, header[0] == id, header[1] == "commit", let size = Int(header[2]), size >= 0 else {
            throw self.malformed
        }
        let bytes = try self.take(size)
        guard try self.take(1) == [UInt8(ascii: "\n")] else { throw self.malformed }
        return bytes
    }

    private var malformed: ReadError {
        ReadError(
            kind: .unknownFormat, file: "git", offset: self.stream.offset, detail: "git's output breaks off")
    }

    private func fill() throws {
        guard let next = try self.stream.next() else { throw self.malformed }
        self.chunk = next[...]
    }

    private func take(until end: UInt8) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            if self.chunk.isEmpty { try self.fill() }
            if let place = self.chunk.firstIndex(of: end) {
                bytes += self.chunk[..<place]
                self.chunk = self.chunk[(place + 1)...]
                return bytes
            }
            bytes += self.chunk
            self.chunk = []
            guard bytes.count < 1_000 else { throw self.malformed }
        }
    }

    /// The next `count` bytes; nil when there are more than are looked at.
    private func take(_ count: Int) throws -> [UInt8]? {
        var bytes: [UInt8] = []
        var left = count
        while left > 0 {
            if self.chunk.isEmpty { try self.fill() }
            let part = self.chunk.prefix(left)
            if count <= CommitObjects.limit { bytes += part }
            left -= part.count
            self.chunk = self.chunk.dropFirst(part.count)
        }
        return count <= CommitObjects.limit ? bytes : nil
    }
}

/// A file that is gone with its owner.
private final class TemporaryFile {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("standing-\(UUID().uuidString)")

    init() throws { try Data().write(to: self.url, options: .withoutOverwriting) }

    deinit {
        // A deinit cannot throw, and nothing is lost with a temporary file that stays or was gone already.
        try? FileManager.default.removeItem(at: self.url)
    }
}
