import CZlib

/// The only owner of a `z_stream`.
///
/// Safe, because: the stream lives at one heap address from `open` to `deinit` (zlib keeps a pointer back to it);
/// zlib sees the buffers only during one call of `step`, with their true sizes; noncopyable, so it is freed once.
@safe struct Inflate: ~Copyable {
    /// What one step did.
    struct Step {
        enum State: Equatable {
            case running
            /// A gzip member ended and its checksum is right.
            case memberEnded
            case failed(String)
        }

        let consumed: Int
        let produced: Int
        let state: State
    }

    private let stream: UnsafeMutablePointer<z_stream>

    private init(owning stream: UnsafeMutablePointer<z_stream>) { unsafe self.stream = stream }

    deinit {
        unsafe inflateEnd(self.stream)
        unsafe self.stream.deallocate()
    }

    /// A stream at the beginning of a gzip member.
    static func open() -> Inflate {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let status = unsafe standing_inflate_init(stream)
        precondition(status == Z_OK, "zlib has no memory or another version than its header")
        return unsafe Inflate(owning: stream)
    }

    /// Begins the next member of the file.
    func restart() { unsafe inflateReset(self.stream) }

    /// Whether the current member has given no byte yet.
    var isInHeader: Bool { unsafe self.stream.pointee.total_out == 0 }

    /// Inflates what lies in `input` from `start` on into `output`, as far as either reaches.
    func step(_ input: [UInt8], from start: Int, into output: inout [UInt8]) -> Step {
        unsafe input.withUnsafeBufferPointer { input in
            unsafe output.withUnsafeMutableBufferPointer { output in
                let available = input.count - start
                unsafe self.stream.pointee.next_in = unsafe UnsafeMutablePointer(mutating: input.baseAddress! + start)
                unsafe self.stream.pointee.avail_in = UInt32(available)
                unsafe self.stream.pointee.next_out = output.baseAddress
                unsafe self.stream.pointee.avail_out = UInt32(output.count)
                let status = unsafe inflate(self.stream, Z_NO_FLUSH)
                return unsafe Step(
                    consumed: available - Int(self.stream.pointee.avail_in),
                    produced: output.count - Int(self.stream.pointee.avail_out), state: self.state(status))
            }
        }
    }

    private func state(_ status: CInt) -> Step.State {
        switch status {
        case Z_OK, Z_BUF_ERROR: return .running
        case Z_STREAM_END: return .memberEnded
        default:
            guard let message = unsafe self.stream.pointee.msg else { return .failed("zlib error \(status)") }
            return unsafe .failed(String(cString: message))
        }
    }
}
