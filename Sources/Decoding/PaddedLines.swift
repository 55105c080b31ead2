import EventLoop
import Synchronization

/// The lines of a file, which another thread reads, inflates and cuts into blocks meanwhile.
public final class PaddedLines {
    /// The file's name, without its folder.
    public let name: String
    /// The file's size on disk.
    public let total: Int64
    /// How much of the file is read, in bytes on disk.
    public private(set) var offset: Int64 = 0

    private let blocks: ReadAhead<LineBlock, ReadError>
    private var block: LineBlock?
    private var position = 0
    private var number = 0

    /// Lines of the file at `path` of at most `limit` bytes each.
    public init(path: String, limit: Int) throws(ReadError) {
        let stream = try ByteStream(path: path)
        self.name = stream.name
        self.total = stream.total
        let reader = Mutex(LineBlocks(stream, limit: limit))
        self.blocks = ReadAhead("inflate", atMost: 4) {
            reader.withLock { blocks in Result { () throws(ReadError) in try blocks.next() } }
        }
    }

    /// The next line; nil at the end.
    public func next() throws(ReadError) -> PaddedLine? {
        while true {
            guard let block = self.block, block.state == .tooLong || self.position < block.end else {
                guard let block = try self.blocks.next() else { return nil }
                self.block = block
                self.position = 0
                self.offset = block.offset
                continue
            }
            self.number += 1
            let end = firstIndex(of: 0x0A, in: block.bytes, from: self.position) ?? block.end
            defer {
                self.position = end + 1
                if block.state == .tooLong { self.block = nil }
            }
            return PaddedLine(
                number: self.number, state: block.state, block: block.bytes, range: self.position..<min(end, block.end),
                skipped: block.skipped)
        }
    }
}
