import Crypto

/// A run of lines, as much as is read at once.
struct LineBlock: Sendable {
    /// Whole lines with their newlines, or one line that is not whole, then padding.
    let bytes: [UInt8]
    /// Where the padding begins.
    let end: Int
    /// Whether the lines are whole; otherwise there is one.
    let state: Line.State
    /// The hash of a line that was too long to keep.
    let skipped: Digest?
    /// How much of the file was read for it, in bytes on disk.
    let offset: Int64
}

/// Cuts a stream into blocks of whole lines, holding no more than one block, or one line that is longer.
final class LineBlocks {
    /// How many bytes follow the last line of a block.
    static let padding = 64
    /// How much is gathered before it is handed on.
    static let size = 1 << 20

    private let stream: ByteStream
    private let limit: Int
    private var rest: [UInt8] = []
    private var oversize: SHA256?
    private var ending: Result<Void, ReadError>?

    /// Lines of `stream` of at most `limit` bytes each; longer ones are told and not kept.
    init(_ stream: ByteStream, limit: Int) {
        self.stream = stream
        self.limit = limit
    }

    /// The next block; nil at the end.
    ///
    /// What stands after the last newline of a sound file is a line; in a file that breaks off it is `truncated`.
    func next() throws(ReadError) -> LineBlock? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(max(LineBlocks.size, self.rest.count) + (1 << 18))
        swap(&bytes, &self.rest)
        while self.ending == nil {
            if let block = self.cut(&bytes) { return block }
            do {
                guard let chunk = try self.stream.next() else {
                    self.ending = .success(())
                    break
                }
                if self.oversize == nil { bytes += chunk } else { self.skip(chunk, into: &bytes) }
            } catch {
                self.ending = .failure(error)
            }
        }
        return try self.last(&bytes)
    }

    /// The lines that are whole once there are enough of them; and of a line that is too long what there is, hashed.
    private func cut(_ bytes: inout [UInt8]) -> LineBlock? {
        if let oversize = self.oversize {
            guard let end = firstIndex(of: 0x0A, in: bytes, from: 0) else { return nil }
            self.oversize = nil
            self.rest = Array(bytes[(end + 1)...])
            return self.skipped(oversize)
        }
        guard bytes.count >= LineBlocks.size else { return nil }
        guard let end = bytes.lastIndex(of: 0x0A) else {
            if bytes.count > self.limit {
                self.oversize = SHA256()
                let start = bytes
                bytes = []
                self.skip(start, into: &bytes)
            }
            return nil
        }
        self.rest.append(contentsOf: bytes[(end + 1)...])
        bytes.removeLast(bytes.count - end - 1)
        return self.block(&bytes, state: .whole)
    }

    /// Hashes what belongs to the line that is too long; its newline and what follows are kept.
    private func skip(_ chunk: [UInt8], into bytes: inout [UInt8]) {
        let end = firstIndex(of: 0x0A, in: chunk, from: 0) ?? chunk.count
        self.oversize?.update(chunk[..<end])
        bytes += chunk[end...]
    }

    /// The lines before the end, then what stands after the last newline, then the end itself.
    private func last(_ bytes: inout [UInt8]) throws(ReadError) -> LineBlock? {
        let isSound = if case .success? = self.ending { true } else { false }
        if let oversize = self.oversize {
            if let block = self.cut(&bytes) { return block }
            self.oversize = nil
            return self.skipped(oversize)
        }
        if let end = bytes.lastIndex(of: 0x0A) {
            self.rest = Array(bytes[(end + 1)...])
            bytes.removeLast(bytes.count - end - 1)
            return self.block(&bytes, state: .whole)
        }
        if !bytes.isEmpty { return self.block(&bytes, state: isSound ? .whole : .truncated) }
        if case .failure(let error)? = self.ending { throw error }
        return nil
    }

    private func block(_ bytes: inout [UInt8], state: Line.State) -> LineBlock {
        let end = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: LineBlocks.padding))
        return LineBlock(bytes: bytes, end: end, state: state, skipped: nil, offset: self.stream.offset)
    }

    private func skipped(_ line: consuming SHA256) -> LineBlock {
        LineBlock(
            bytes: Array(repeating: 0, count: LineBlocks.padding), end: 0, state: .tooLong, skipped: line.finish(),
            offset: self.stream.offset)
    }
}
