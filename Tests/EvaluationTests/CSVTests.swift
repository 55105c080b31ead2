import Testing

@testable import Evaluation

private func rows(_ text: String) throws -> [[String]] {
    var reader = CSVReader(Array(text.utf8))
    var rows: [[String]] = []
    while let row = try reader.next() { rows.append(row) }
    return rows
}

@Test func `fields may be quoted, empty, and hold commas, quotes and line ends`() throws {
    #expect(
        try rows("a,b\n\"x,\"\"y\"\"\nz\",\r\n,\"\"\n") == [["a", "b"], ["x,\"y\"\nz", ""], ["", ""]])
    #expect(try rows("a,b\n1,2") == [["a", "b"], ["1", "2"]])
    #expect(try rows("").isEmpty)
}

@Test(arguments: [
    ("a,b\n1\n", 2), ("a,b\n1,2,3\n", 2), ("a,b\n\n", 2), ("a\nx\"y\n", 2), ("a\n\"x\"y\n", 2), ("a\n\"x", 2),
    ("a\n1\rb\n", 2), ("a\n\"x\ny\"\n\"z\n", 5), ("a\n1\r", 2),
])
func `what is not quite CSV is refused with its line`(text: String, line: Int) throws {
    let error = #expect(throws: CSVError.self) { try rows(text) }
    #expect(error?.line == line)
}

@Test func `bytes that are no UTF-8 are refused`() throws {
    var reader = CSVReader([UInt8(ascii: "a"), 0xFF, UInt8(ascii: "\n")])
    #expect(throws: CSVError(line: 1, reason: "bytes that are no UTF-8")) { try reader.next() }
}
