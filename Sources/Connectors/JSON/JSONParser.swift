import CSimdjson

/// Why a text is no JSON that is read here.
enum JSONError: Error, Equatable, CustomStringConvertible {
    case malformed, tooDeep, badNumber, badUTF8

    /// A few words for whoever looks after the record.
    var description: String {
        switch self {
        case .malformed: "not JSON"
        case .tooDeep: "nested more than \(JSONParser.depth) deep"
        case .badNumber: "a number that is none or too large"
        case .badUTF8: "not UTF-8"
        }
    }
}

/// The only owner of simdjson's parser, which reads one text after the other into the same memory.
///
/// Safe, because: the parser is freed once, by `deinit`; a text is seen by simdjson only during one call, with the
/// padding it asks for; and a value keeps its parser alive and refuses to be used once another text was read.
@safe final class JSONParser {
    /// How deep a text may be nested; GitHub's are less than ten deep.
    static let depth = 64
    /// How many readable bytes must follow a text that is parsed where it lies.
    static let padding = standing_json_padding

    private let parser: OpaquePointer
    /// Which text is read: values of an earlier one are dead.
    fileprivate private(set) var turn = 0
    /// For texts that hold JSON themselves.
    private(set) lazy var inner = JSONParser()

    init() {
        // It fails for want of memory alone, which ends a Swift program at every other allocation, too.
        guard let parser = unsafe standing_json_open(JSONParser.depth) else { fatalError("no memory for a parser") }
        unsafe self.parser = parser
    }

    deinit { unsafe standing_json_close(self.parser) }

    /// The value that is the whole of `line`.
    func parse(_ line: PaddedLine) throws(JSONError) -> JSONValue {
        let (result, root) = unsafe line.withUnsafeBytes { unsafe self.parse($0, inPlace: true) }
        if result != STANDING_JSON_BAD_STRING { return unsafe try self.value(result, root) }
        guard let mended = withoutLoneSurrogates(line.bytes) else { throw .malformed }
        return try self.parse(mended)
    }

    /// The value that is the whole of `text`.
    func parse(_ text: [UInt8]) throws(JSONError) -> JSONValue {
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

    private func value(_ result: standing_json_result, _ root: standing_json) throws(JSONError) -> JSONValue {
        switch result {
        case STANDING_JSON_READ: return unsafe JSONValue(root, of: self)
        case STANDING_JSON_TOO_DEEP: throw .tooDeep
        case STANDING_JSON_BAD_NUMBER: throw .badNumber
        case STANDING_JSON_BAD_UTF8: throw .badUTF8
        default: throw .malformed
        }
    }
}

/// A value of a text that is read, valid until its parser reads the next one.
@safe struct JSONValue {
    private let value: standing_json
    private let parser: JSONParser
    private let turn: Int

    fileprivate init(_ value: standing_json, of parser: JSONParser) {
        unsafe self.value = value
        self.parser = parser
        self.turn = parser.turn
    }

    /// The value, as long as it may be looked at.
    private var live: standing_json {
        precondition(self.turn == self.parser.turn, "a value is used after its parser has read another text")
        return unsafe self.value
    }

    var kind: standing_json_kind { unsafe standing_json_kind_of(self.live) }

    /// The member called `name`, nil when there is none; of an object.
    ///
    /// - Throws: `Misfit` when it is there twice: readers differ in which they take, so neither is.
    func member(_ name: StaticString) throws(Misfit) -> JSONValue? {
        var found = unsafe standing_json()
        let count = name.withUTF8Buffer { name in
            unsafe name.withMemoryRebound(to: CChar.self) {
                unsafe standing_json_member(self.live, $0.baseAddress, $0.count, &found)
            }
        }
        switch count {
        case 0: return nil
        case 1: return unsafe JSONValue(found, of: self.parser)
        default: throw Misfit(path: ["\(name)"], what: "given twice")
        }
    }

    /// The text, nil for another kind of value.
    var text: String? { unsafe self.withText { unsafe String(decoding: $0, as: UTF8.self) } }

    /// The text's length in Unicode scalars, nil for another kind of value.
    var scalarCount: Int64? {
        unsafe self.withText { unsafe Int64($0.count { byte in byte & 0xC0 != 0x80 }) }
    }

    private func withText<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result? {
        guard self.kind == STANDING_JSON_TEXT else { return nil }
        var count = 0
        let bytes = unsafe standing_json_text(self.live, &count)
        return unsafe body(UnsafeBufferPointer(start: bytes, count: count))
    }

    /// The whole number, nil for another kind of value and for one beyond 64 bits.
    var integer: Int64? {
        var value: Int64 = 0
        return unsafe standing_json_integer(self.live, &value) ? value : nil
    }

    /// Whether it is `true`; for a value that is true or false.
    var isTrue: Bool { unsafe standing_json_bool(self.live) }

    /// The value itself, or the one that it holds as a text.
    func unfolded() throws(JSONError) -> JSONValue {
        guard let text = self.text else { return self }
        return try self.parser.inner.parse(Array(text.utf8))
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
