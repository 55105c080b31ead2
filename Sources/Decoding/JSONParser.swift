import CSimdjson

/// The only owner of simdjson's parser, which reads one text after the other into the same memory.
///
/// Safe, because: the parser is freed once, by `deinit`; a text is seen by simdjson only during one call, with the
/// padding it asks for; and a value keeps its parser alive and refuses to be used once another text was read.
@safe public final class JSONParser {
    /// Why a text is no JSON that is read here.
    public enum Failure: Error, Equatable, CustomStringConvertible {
        case malformed, tooDeep, badNumber, badUTF8

        /// A few words for whoever looks after the record.
        public var description: String {
            switch self {
            case .malformed: "not JSON"
            case .tooDeep: "nested more than \(JSONParser.depth) deep"
            case .badNumber: "a number that is none or too large"
            case .badUTF8: "not UTF-8"
            }
        }
    }

    /// How deep a text may be nested; GitHub's are less than ten deep.
    static let depth = 64
    /// How many readable bytes must follow a text that is parsed where it lies.
    static let padding = standing_json_padding

    private let parser: OpaquePointer
    /// Which text is read: values of an earlier one are dead.
    private(set) var turn = 0
    /// For texts that hold JSON themselves.
    private(set) lazy var inner = JSONParser()

    /// A parser that has read nothing yet.
    public init() {
        // It fails for want of memory alone, which ends a Swift program at every other allocation, too.
        guard let parser = unsafe standing_json_open(JSONParser.depth) else { fatalError("no memory for a parser") }
        unsafe self.parser = parser
    }

    deinit { unsafe standing_json_close(self.parser) }

    /// The value that is the whole of `line`.
    public func parse(_ line: PaddedLine) throws(Failure) -> JSONValue {
        let (result, root) = unsafe line.bytes.withUnsafeBufferPointer { unsafe self.parse($0, inPlace: true) }
        if result != STANDING_JSON_BAD_STRING { return unsafe try self.value(result, root) }
        guard let mended = withoutLoneSurrogates(line.bytes) else { throw .malformed }
        return try self.parse(mended)
    }

    /// The value that is the whole of `text`.
    func parse(_ text: [UInt8]) throws(Failure) -> JSONValue {
        let (result, root) = unsafe text.withUnsafeBufferPointer { unsafe self.parse($0, inPlace: false) }
        if result == STANDING_JSON_BAD_STRING, let mended = withoutLoneSurrogates(text[...]) {
            return try self.parse(mended)
        }
        return unsafe try self.value(result, root)
    }

    private func parse(
        _ bytes: UnsafeBufferPointer<UInt8>, inPlace: Bool
    ) -> (standing_json_result, standing_json) {
        self.turn += 1
        var root = unsafe standing_json()
        let result = unsafe standing_json_parse(self.parser, bytes.baseAddress, bytes.count, inPlace, &root)
        return unsafe (result, root)
    }

    private func value(_ result: standing_json_result, _ root: standing_json) throws(Failure) -> JSONValue {
        switch result {
        case STANDING_JSON_READ: return unsafe JSONValue(root, of: self)
        case STANDING_JSON_TOO_DEEP: throw .tooDeep
        case STANDING_JSON_BAD_NUMBER: throw .badNumber
        case STANDING_JSON_BAD_UTF8: throw .badUTF8
        default: throw .malformed
        }
    }
}

/// `text` with U+FFFD for every escape of half a character, as jq reads it; nil when there is none.
///
/// The archive has them where GitHub cut a message in the middle of an emoji.
private func withoutLoneSurrogates(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    var mended = Array(text)
    var changed = false
    var index = 0
    func unit(_ at: Int) -> UInt16? {
        guard at + 6 <= mended.count, mended[at] == UInt8(ascii: "\\"), mended[at + 1] == UInt8(ascii: "u") else {
            return nil
        }
        return UInt16(String(decoding: mended[(at + 2)..<(at + 6)], as: UTF8.self), radix: 16)
    }
    while index < mended.count {
        guard mended[index] == UInt8(ascii: "\\") else {
            index += 1
            continue
        }
        guard let first = unit(index) else {
            index += 2
            continue
        }
        if UTF16.isLeadSurrogate(first), let second = unit(index + 6), UTF16.isTrailSurrogate(second) {
            index += 12
            continue
        }
        if UTF16.isSurrogate(first) {
            mended.replaceSubrange((index + 2)..<(index + 6), with: "fffd".utf8)
            changed = true
        }
        index += 6
    }
    return changed ? mended : nil
}
