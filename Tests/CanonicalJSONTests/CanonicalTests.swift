import CanonicalJSON
import Testing

@Test func `members are sorted by UTF-16 code units`() throws {
    // RFC 8785, section 3.2.3: the sorting example.
    let text = #"""
        {"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",
         "\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}
        """#
    let sorted = [
        "\"\\r\":\"Carriage Return\"", "\"1\":\"One\"", "\"\u{80}\":\"Control\"",
        "\"\u{F6}\":\"Latin Small Letter O With Diaeresis\"", "\"\u{20AC}\":\"Euro Sign\"",
        "\"\u{1F600}\":\"Emoji: Grinning Face\"", "\"\u{FB33}\":\"Hebrew Letter Dalet With Dagesh\"",
    ]
    let canonical = try JSON(parsing: text.utf8).canonical
    #expect(Array(canonical.utf8) == Array("{\(sorted.joined(separator: ","))}".utf8))
}

@Test func `an emoji sorts before a ligature, though its scalar is larger`() {
    let value: JSON = ["\u{FB00}": 1, "\u{1F600}": 2]
    #expect(value.canonical == "{\"\u{1F600}\":2,\"\u{FB00}\":1}")
}

@Test func `only what must be escaped is`() throws {
    let text = #""\u0000\b\t\n\u000b\f\r\u001f \" \\ \/ \u007f \u2028 é 😀""#
    let value = try JSON(parsing: text.utf8)
    let canonical = "\"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f \\\" \\\\ / \u{7F} \u{2028} é 😀\""
    #expect(Array(value.canonical.utf8) == Array(canonical.utf8))
}

@Test func `what is to be escaped is found wherever it stands in a text`() throws {
    for length in 0..<70 {
        let plain = String(repeating: "x", count: length)
        #expect(JSON.string(plain).canonical == "\"\(plain)\"")
        for place in 0...length {
            let (start, end) = (plain.prefix(place), plain.dropFirst(place))
            let text = "\"\(start)\\\"\(end)\""
            let value = try JSON(parsing: text.utf8)
            #expect(value == .string("\(start)\"\(end)"))
            #expect(value.canonical == text)
            let control = #expect(throws: JSONError.self) { try JSON(parsing: "\"\(start)\u{1F}\(end)\"".utf8) }
            #expect(control?.reason == "a control character in a string")
        }
    }
}

@Test(arguments: [
    ("null", "null"), (" true ", "true"), ("false", "false"), ("0", "0"), ("-0", "0"), ("-1", "-1"),
    ("9007199254740991", "9007199254740991"), ("-9007199254740991", "-9007199254740991"), ("[ ]", "[]"),
    ("{ }", "{}"), ("[1 ,\n2,\t[3 ] ]", "[1,2,[3]]"),
    (#"["a", "\u0022", "b"]"#, #"["a","\"","b"]"#), (#"{"a":"b","\"":"\\"}"#, #"{"\"":"\\","a":"b"}"#),
    (#"{"b":1,"a":{"d":[],"c":null}}"#, #"{"a":{"c":null,"d":[]},"b":1}"#),
    (#""\ud83d\ude00""#, "\"\u{1F600}\""), ("\"\"", "\"\""),
])
func `a value has one text`(text: String, canonical: String) throws {
    let value = try JSON(parsing: text.utf8)
    #expect(value.canonical == canonical)
    #expect(try JSON(parsing: value.canonical.utf8) == value)
}

@Test func `text is not brought into another Unicode form`() {
    #expect(Array(JSON.string("e\u{301}").canonical.utf8) == Array("\"e\u{301}\"".utf8))
}
