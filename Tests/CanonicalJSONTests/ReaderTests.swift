import CanonicalJSON
import Foundation
import Testing

@Test(arguments: [
    // Fractions, exponents, and numbers readers disagree on.
    "1.0", "1.", ".5", "1e3", "1E3", "01", "-", "-01", "+1", "9007199254740992", "-9007199254740992",
    "99999999999999999999999", "NaN", "Infinity", "0x1",
    // Members twice, also when written differently.
    #"{"a":1,"a":1}"#, #"{"a":1,"\u0061":2}"#, #"{"x":{"a":1,"a":2}}"#,
    // Things that are nearly JSON.
    "", " ", "[1,]", "[,1]", "[1 2]", "{\"a\":1,}", "{\"a\" 1}", "{a:1}", "{'a':1}", "{1:2}", "[", "]", "{", "}", "[1}",
    "nul", "nulll", "True", "1 2", "[] []", "// c\n1", "\u{FEFF}1", "\u{A0}1",
    // Strings.
    "\"", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\u+123\"", "\"\n\"", "\"\t\"", "\"\u{0}\"", "\"a",
    // Halves of surrogate pairs.
    #""\ud800""#, #""\ud800\u0041""#, #""\ud800x""#, #""\udc00""#, #""\udc00\ud800""#, #""\ud800\ud800""#,
    #""\ud83d\""#,
])
func `what is not strict JSON is refused`(text: String) {
    #expect(throws: JSONError.self) { try JSON(parsing: text.utf8) }
}

@Test(
    arguments: [
        [0x22, 0x80, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
        [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0xFF, 0x22], [0xFF],
    ] as [[UInt8]])
func `bytes that are not UTF-8 are refused`(bytes: [UInt8]) {
    #expect(throws: JSONError.self) { try JSON(parsing: bytes) }
}

@Test func `nesting is read to its limit and no further`() throws {
    func nested(_ depth: Int) -> String {
        String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(try JSON(parsing: nested(64).utf8).array != nil)
    let error = #expect(throws: JSONError.self) { try JSON(parsing: nested(65).utf8) }
    #expect(error?.description == "nested too deeply at byte 64")
    #expect(throws: JSONError.self) { try JSON(parsing: String(repeating: "[", count: 1_000_000).utf8) }
    #expect(throws: JSONError.self) { try JSON(parsing: String(repeating: "{\"a\":", count: 1_000_000).utf8) }
    #expect(throws: JSONError.self) { try JSON(parsing: "[[1]]".utf8, depth: 2) }
    #expect(try JSON(parsing: "[[1]]".utf8, depth: 3) == [[1]])
}

@Test func `no text cut short is a value`() {
    let text = Array(#"{"a":[1,-20,"x\n\u00e9\ud83d\ude00é"],"b":{"c":null,"d":true,"e":false}}"#.utf8)
    for count in text.indices {
        #expect(throws: JSONError.self) { try JSON(parsing: text[..<count]) }
    }
}

@Test func `a text with a changed byte is refused or another value`() throws {
    let text = Array(#"{"a":[1,-20,"x\n\u00e9"],"b":{"c":null,"d":true}}"#.utf8)
    let value = try JSON(parsing: text)
    for position in text.indices {
        for bit in 0..<8 {
            var changed = text
            changed[position] ^= 1 << UInt8(bit)
            let sameHexDigit = changed[position] | 0x20 == text[position] | 0x20
            guard let other = try? JSON(parsing: changed), !sameHexDigit else { continue }
            #expect(other != value)
        }
    }
}

@Test func `the error says where`() {
    let error = #expect(throws: JSONError.self) { try JSON(parsing: #"{"a":1,"a":1}"#.utf8) }
    #expect(error?.description == "the same member name twice at byte 12")
}

@Test func `the smallest integer of the machine is refused, not a crash`() {
    #expect(throws: JSONError.self) { try JSON(parsing: "[-9223372036854775808]".utf8) }
}

@Test func `fractions of other people's documents are dropped, and nothing else is`() throws {
    let text = #"{"a":[1.5,-0.25e-3,1E9,7],"b":2.0}"#
    #expect(try JSON(parsing: text.utf8, fractions: .dropped) == ["a": [.null, .null, .null, 7], "b": .null])
    #expect(throws: JSONError.self) { try JSON(parsing: text.utf8) }
    for wrong in ["[1.]", "[.5]", "[01.5]", "[1e]", "[1.5.5]", "[-]", "[1e+]", "[9007199254740993]", "[1.5"] {
        #expect(throws: JSONError.self, "\(wrong)") { try JSON(parsing: wrong.utf8, fractions: .dropped) }
    }
}

/// Names a reader is told of, two of one length and one whose start is another.
private enum Known: String, JSONWord {
    case k, kin, kit
    case longest = "kindergarten"
    static let vocabulary = Vocabulary<Self>()
}

/// Every name of `text` in the order a reader comes by them, those of inner objects behind the name they stand under.
private func names(in text: String) throws -> [String] {
    func read(_ reader: inout JSONReader, into names: inout [String]) throws {
        switch reader.next {
        case .object:
            try reader.object { (name: Known, reader) in
                names.append("known \(name.rawValue)")
                try read(&reader, into: &names)
            } other: { name, reader in
                names.append(name)
                try read(&reader, into: &names)
            }
        case .array: try reader.array { try read(&$0, into: &names) }
        default: try reader.skip()
        }
    }
    var reader = JSONReader(text.utf8)
    var names: [String] = []
    try read(&reader, into: &names)
    try reader.end()
    return names
}

@Test(arguments: [
    // In order, out of it, and first in order and then not.
    #"{"a":1,"a":1}"#, #"{"b":1,"a":1,"b":1}"#, #"{"a":1,"b":1,"c":1,"a":1}"#, #"{"a":1,"\u0061":2}"#,
    // Around an object with the same names, in one, and behind one.
    #"{"a":{"a":1,"b":1},"a":1}"#, #"{"a":{"c":1,"b":1,"c":1}}"#, #"{"b":{"a":1},"a":{"b":1},"b":1}"#,
    #"[{"a":1},{"a":1,"a":1}]"#,
    // Known ones, in the same ways.
    #"{"k":1,"k":1}"#, #"{"kit":1,"k":1,"kin":1,"kit":1}"#, #"{"k":1,"\u006b":2}"#, #"{"k":{"k":1,"kin":1},"k":1}"#,
    #"{"k":{"kit":1,"k":1,"kit":1}}"#, #"{"kindergarten":1,"a":1,"kindergarten":1}"#,
    // One character in two spellings, which texts do not tell apart.
    "{\"\u{E9}\":1,\"e\u{301}\":1}",
])
func `a name that an object has twice is refused`(text: String) {
    let error = #expect(throws: JSONError.self) { try names(in: text) }
    #expect(error?.reason == "the same member name twice")
}

@Test func `objects in and beside one another share names`() throws {
    #expect(try names(in: #"{"a":{"a":{"b":1,"a":1},"b":1},"b":{}}"#) == ["a", "a", "b", "a", "b", "b"])
    #expect(try names(in: #"[{"b":1,"a":1},{"a":1,"b":1}]"#) == ["b", "a", "a", "b"])
    #expect(try names(in: #"{"k":{"k":{"kit":1,"k":1}}}"#) == ["known k", "known k", "known kit", "known k"])
}

@Test func `names are known by all of their bytes, however they are written`() throws {
    let text =
        #"{"k":1,"ki":1,"kit":1,"kits":1,"K":1,"":1,"\u006bin":1,"k\u0000":1,"kindergarten":1,"kindergartens":1}"#
    #expect(
        try names(in: text) == [
            "known k", "ki", "known kit", "kits", "K", "", "known kin", "k\0", "known kindergarten", "kindergartens",
        ])
}

@Test func `a text that is one of a few words is read as that, and another as none`() throws {
    func words(in text: String) throws -> [Known?] {
        var (reader, words): (JSONReader, [Known?]) = (JSONReader(text.utf8), [])
        try reader.array { words.append(try $0.word()) }
        try reader.end()
        return words
    }
    #expect(try words(in: #"["kit", "\u006b", "kite", "", "KIN", "kin" ]"#) == [.kit, .k, nil, nil, nil, .kin])
    for wrong in ["[1]", "[null]", #"["kit]"#, #"["k\x"]"#, "[\"k\n\"]", "[k]"] {
        #expect(throws: JSONError.self, "\(wrong)") { try words(in: wrong) }
    }
    #expect(throws: JSONError.self) {
        var reader = JSONReader([0x22, 0x6B, 0xFF, 0x22])
        _ = try reader.word(Known.self)
    }
}

@Test func `a text is read to its end, wherever what stands in it falls`() throws {
    // A byte of some is that of a quotation mark, a backslash or a control character with the highest bit set.
    let inner = [
        "", "!", "#", "[", "]", "\u{7F}", "\u{A2}", "\u{DC}", "\u{700}", "\u{9C}", "\u{9F}", "\u{A0}", "\u{1F600}",
        #"\""#, #"\\"#,
        #"\u0001"#,
    ]
    for before in 0..<20 {
        for after in 0..<20 {
            for inner in inner {
                let text = String(repeating: "x", count: before) + inner + String(repeating: "y", count: after)
                let plain = text.replacing(#"\u0001"#, with: "\u{1}").replacing(#"\""#, with: "\"").replacing(
                    #"\\"#, with: #"\"#)
                #expect(try JSON(parsing: "[\"\(text)\",\"z\"]".utf8) == [.string(plain), "z"])
            }
            for byte: UInt8 in [0x00, 0x09, 0x1F] {
                let wrong =
                    [0x22] + Array(repeating: 0x78, count: before) + [byte] + Array(repeating: 0x79, count: after) + [
                        0x22
                    ]
                let error = #expect(throws: JSONError.self) { try JSON(parsing: wrong) }
                #expect(error?.description == "a control character in a string at byte \(before + 2)")
            }
        }
    }
}

@Test(arguments: [23, 24, 25, 100, 1_000], [true, false])
func `a name is found among many`(count: Int, isSorted: Bool) throws {
    let sorted = (0..<count).map { "n\(10_000 + $0)" }
    let given = isSorted ? sorted : sorted.reversed()
    func text(_ names: [String]) -> String { "{" + names.map { "\"\($0)\":0" }.joined(separator: ",") + "}" }
    #expect(try names(in: text(given)) == given)
    for name in [given[0], given[count / 2], given[count - 1]] {
        #expect(throws: JSONError.self, "\(name)") { try names(in: text(given + [name])) }
        #expect(throws: JSONError.self, "\(name)") { try names(in: text(given + ["a", name])) }
        #expect(throws: JSONError.self, "\(name)") { try names(in: text(given + ["z", "a", "b", name])) }
    }
}

@Test func `lines end where they should, whatever their length, and empty ones are none`() {
    for length in 0..<70 {
        let line = Array(repeating: UInt8(ascii: "x"), count: length)
        let text = [0x0A] + line + [0x0A, 0x0A] + line + Array("\ny".utf8)
        #expect(JSONLines(text).map(Array.init) == [line, line, Array("y".utf8)].filter { !$0.isEmpty })
        #expect(JSONLines(line).map(Array.init) == [line].filter { !$0.isEmpty })
    }
}

@Test func `any byte is found at any place, and the first of two`() {
    for byte: UInt8 in [0x00, 0x01, 0x0A, 0x7F, 0x80, 0x81, 0xFE, 0xFF] {
        for length in 0..<20 {
            let other = Array(repeating: byte ^ 0x80, count: length)
            #expect(other.span.firstIndex(of: byte, from: 0) == length)
            for place in 0..<length {
                var text = other
                text[place] = byte
                text[length - 1] = byte
                for start in 0..<length {
                    #expect(text.span.firstIndex(of: byte, from: start) == (start <= place ? place : length - 1))
                }
            }
        }
    }
}
