import CISAL

/// The only owner of ISA-L's inflating stream, which takes two fifths of zlib's time for an hour of the archive.
///
/// Safe, because: the stream lives at one heap address from `init` to `deinit`; ISA-L sees the buffers only during one
/// call of `step`, with their true sizes; noncopyable, so it is freed once.
@safe struct Inflate: ~Copyable {
    /// What one step did.
    struct Step {
        enum State: Equatable {
            case running
            /// A gzip member ended and its checksum is right.
            case memberEnded
            case failed(Failure)
        }

        let consumed: Int
        let produced: Int
        let state: State
    }

    /// Why a member cannot be inflated.
    enum Failure: String {
        case header = "no header of a gzip member"
        case method = "compressed with an unknown method"
        case block = "a block that cannot be"
        case symbol = "a code that nothing has"
        case distance = "a distance to before the beginning"
        case checksum = "the checksum or the length is another"

        init(_ status: CInt) {
            switch status {
            case ISAL_INVALID_WRAPPER: self = .header
            case ISAL_UNSUPPORTED_METHOD: self = .method
            case ISAL_INVALID_SYMBOL: self = .symbol
            case ISAL_INVALID_LOOKBACK: self = .distance
            case ISAL_INCORRECT_CHECKSUM: self = .checksum
            default: self = .block
            }
        }
    }

    private let stream: UnsafeMutableRawPointer

    /// A stream at the beginning of a gzip member.
    init() {
        unsafe self.stream = UnsafeMutableRawPointer.allocate(
            byteCount: standing_inflate_size, alignment: standing_inflate_alignment)
        self.restart()
    }

    deinit { unsafe self.stream.deallocate() }

    /// Begins the next member of the file.
    func restart() { unsafe standing_inflate_begin(self.stream) }

    /// Inflates what lies in `input` from `start` on into `output`, as far as either reaches. Where `output` is filled to
    /// its end there may be more to come without further input.
    func step(_ input: [UInt8], from start: Int, into output: inout [UInt8]) -> Step {
        let step = unsafe input.withUnsafeBufferPointer { input in
            unsafe output.withUnsafeMutableBufferPointer { output in
                unsafe standing_inflate_step(
                    self.stream, input.baseAddress! + start, UInt32(input.count - start), output.baseAddress,
                    UInt32(output.count))
            }
        }
        let state: Step.State =
            step.status != ISAL_DECOMP_OK
            ? .failed(Failure(step.status)) : step.has_ended != 0 ? .memberEnded : .running
        return Step(consumed: Int(step.consumed), produced: Int(step.produced), state: state)
    }
}
