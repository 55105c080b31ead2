import CanonicalJSON
import Crypto

/// A piece of a file between two delimiters.
public struct Line {
    /// Whether it is all there.
    public enum State: Equatable, Sendable {
        case whole
        /// The file broke off before the delimiter.
        case truncated
        /// Longer than the reader takes; its bytes are not kept.
        case tooLong
    }

    /// Without the delimiter; none when it is too long.
    public let bytes: [UInt8]
    /// Whether it is all there.
    public let state: State
    private let skipped: Digest?

    init(bytes: [UInt8], state: State, skipped: Digest? = nil) {
        self.bytes = bytes
        self.state = state
        self.skipped = skipped
    }

    /// Lower-case hex SHA-256 of the whole line, the bytes that were not kept included.
    var digest: String { (self.skipped ?? SHA256.hash(self.bytes)).hex }
}

/// Splits a stream at a delimiter, holding no more than one line and one chunk.
public final class LineReader {
    /// The longest line that is kept, in bytes.
    static let limit = 16 << 20

    /// What it reads.
    public let stream: ByteStream
    private let delimiter: UInt8
    private var chunk: [UInt8] = []
    private var position = 0
    private var pending: [UInt8] = []
    private var oversize: SHA256?
    private var failure: ReadError?

    /// Lines of `stream`; the delimiter is a newline unless told.
    public init(_ stream: ByteStream, delimiter: UInt8 = UInt8(ascii: "\n")) {
        self.stream = stream
        self.delimiter = delimiter
    }

    /// The next line; nil at the end.
    ///
    /// What stands after the last delimiter of a sound file is a line; in a file that breaks off it is `truncated`.
    public func next() throws(ReadError) -> Line? {
        if let failure = self.failure { throw failure }
        while true {
            if self.position == self.chunk.count {
                do {
                    guard let chunk = try self.stream.next() else { return self.rest(.whole) }
                    self.chunk = chunk
                    self.position = 0
                } catch {
                    self.failure = error
                    guard let line = self.rest(.truncated) else { throw error }
                    return line
                }
            }
            if let end = firstIndex(of: self.delimiter, in: self.chunk, from: self.position) {
                self.append(to: end)
                self.position = end + 1
                return self.take(.whole)
            }
            self.append(to: self.chunk.count)
            self.position = self.chunk.count
        }
    }

    private func rest(_ state: Line.State) -> Line? {
        self.pending.isEmpty && self.oversize == nil ? nil : self.take(state)
    }

    private func append(to end: Int) {
        let part = self.chunk[self.position..<end]
        if self.oversize == nil, self.pending.count + part.count <= LineReader.limit {
            self.pending += part
            return
        }
        var hash = self.oversize ?? SHA256()
        hash.update(self.pending)
        hash.update(part)
        self.oversize = hash
        self.pending = []
    }

    private func take(_ state: Line.State) -> Line {
        defer {
            self.pending = []
            self.oversize = nil
        }
        guard let oversize = self.oversize else { return Line(bytes: self.pending, state: state) }
        return Line(bytes: [], state: .tooLong, skipped: oversize.finish())
    }
}

/// Where `byte` is in `bytes`, `start` or after.
func firstIndex(of byte: UInt8, in bytes: [UInt8], from start: Int) -> Int? {
    let index = bytes.span.firstIndex(of: byte, from: start)
    return index < bytes.count ? index : nil
}
