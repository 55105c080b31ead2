public import Foundation

/// The bytes of a file, gunzipped if they are gzip, a chunk at a time.
///
/// A file of several gzip members is their concatenation (RFC 1952, section 2.2). Zeros after the last member are
/// padding, as gzip itself has it; anything else there is an error.
public final class ByteStream {
    /// The file's name, without its folder.
    public let name: String
    /// The file's size on disk; 0 for a pipe.
    let total: Int64
    /// How much of the file is read, in bytes on disk.
    public private(set) var offset: Int64 = 0

    private enum Form {
        case unknown, plain, gzip, padding
    }

    private let handle: FileHandle
    private var form = Form.unknown
    private var inflate = Inflate()
    private var input: [UInt8] = []
    private var position = 0
    private var memberIsOpen = false
    /// Whether what was read may hold more than fitted into the last bytes handed out.
    private var holdsMore = false
    private var failure: ReadError?

    /// The file at `path`.
    public init(path: String) throws(ReadError) {
        let url = URL(fileURLWithPath: path)
        self.name = url.lastPathComponent
        do {
            let handle = try FileHandle(forReadingFrom: url)
            self.total = Int64(try handle.seekToEnd())
            try handle.seek(toOffset: 0)
            self.handle = handle
        } catch {
            throw ReadError(kind: .unreadable, file: url.lastPathComponent, offset: 0, detail: "cannot be opened")
        }
    }

    /// What a program writes into `pipe`.
    public init(pipe: FileHandle, name: String) {
        self.name = name
        self.total = 0
        self.handle = pipe
    }

    /// The next bytes, never none; nil at the end.
    public func next() throws(ReadError) -> [UInt8]? {
        if let failure = self.failure { throw failure }
        while true {
            if self.position == self.input.count, !self.holdsMore { try self.fill() }
            if self.input.isEmpty { return nil }
            switch self.form {
            case .plain:
                defer { self.position = self.input.count }
                return self.input
            case .padding: try self.skipPadding()
            case .unknown, .gzip:
                let bytes = self.inflated()
                if !bytes.isEmpty { return bytes }
                if let failure = self.failure { throw failure }
            }
        }
    }

    /// Reads the next chunk of the file; `input` is empty at a proper end.
    private func fill() throws(ReadError) {
        do {
            self.input = [UInt8](try self.handle.read(upToCount: 1 << 16) ?? Data())
        } catch {
            throw self.fail(.unreadable, "cannot be read")
        }
        self.position = 0
        self.offset += Int64(self.input.count)
        if self.form == .unknown { try self.recognise() }
        guard self.input.isEmpty, self.memberIsOpen else { return }
        throw self.fail(.cut, "the file ends in the middle of its compressed data")
    }

    private func recognise() throws(ReadError) {
        let isGzip = self.input.starts(with: [0x1F, 0x8B])
        guard isGzip || !self.name.hasSuffix(".gz") else {
            self.offset = 0
            throw self.fail(.badHeader, "has the name of a gzip file and not its header")
        }
        self.form = isGzip ? .gzip : .plain
        self.memberIsOpen = isGzip
    }

    private func inflated() -> [UInt8] {
        var output = [UInt8](repeating: 0, count: 1 << 17)
        let step = self.inflate.step(self.input, from: self.position, into: &output)
        self.position += step.consumed
        self.holdsMore = step.state == .running && step.produced == output.count
        output.removeLast(output.count - step.produced)
        switch step.state {
        case .running: break
        case .memberEnded: self.endMember()
        case .failed(let failure):
            let isInHeader = failure == .header || failure == .method
            self.failure = self.fail(isInHeader ? .badHeader : .corrupt, failure.rawValue)
        }
        return output
    }

    private func endMember() {
        self.memberIsOpen = false
        self.form = .padding
    }

    /// Between members: another one begins, or zeros fill the file up.
    private func skipPadding() throws(ReadError) {
        if self.input[self.position] == 0x1F {
            self.inflate.restart()
            self.form = .gzip
            self.memberIsOpen = true
            return
        }
        while self.position < self.input.count, self.input[self.position] == 0 { self.position += 1 }
        if self.position < self.input.count { throw self.fail(.corrupt, "something follows the compressed data") }
    }

    private func fail(_ kind: ReadError.Kind, _ detail: String) -> ReadError {
        let offset = self.offset - Int64(self.input.count - self.position)
        let failure = ReadError(kind: kind, file: self.name, offset: offset, detail: detail)
        self.failure = failure
        return failure
    }
}
