import CSimdjson

/// A value of a text that is read, valid until its parser reads the next one.
///
/// Safe, because: it keeps the parser alive, in whose memory it lies; `live` refuses a value of an earlier text; and no pointer
/// outlives `withText`.
@safe public struct JSONValue {
    private let value: standing_json
    private let parser: JSONParser
    private let turn: Int

    init(_ value: standing_json, of parser: JSONParser) {
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
    public func member(_ name: StaticString) throws(Misfit) -> JSONValue? {
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
    public var text: String? { unsafe self.withText { unsafe String(decoding: $0, as: UTF8.self) } }

    /// The text's length in Unicode scalars, nil for another kind of value.
    public var scalarCount: Int64? {
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
    public func unfolded() throws(JSONParser.Failure) -> JSONValue {
        guard let text = self.text else { return self }
        return try self.parser.inner.parse(Array(text.utf8))
    }
}
