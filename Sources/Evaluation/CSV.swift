/// Why a text is not CSV.
struct CSVError: Error, Equatable {
    /// Counted from 1.
    let line: Int
    let reason: String
}

/// Reads comma-separated values as RFC 4180, section 2, has them, strictly: every row has as many fields as the first,
/// a quote stands only around a whole field or doubled within one, and the text is UTF-8. Lines end with LF or CRLF.
struct CSVReader {
    private let bytes: [UInt8]
    private var position = 0
    /// The line that the next row begins on.
    private(set) var line = 1
    private var width: Int?

    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")
    private static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The next row; nil at the end.
    mutating func next() throws(CSVError) -> [String]? {
        guard self.position < self.bytes.count else { return nil }
        let start = self.line
        var fields: [String] = []
        fields.reserveCapacity(self.width ?? 0)
        repeat { fields.append(try self.field()) } while self.take(CSVReader.comma)
        let isAtEnd = self.position == self.bytes.count
        guard self.takeLineEnd() || isAtEnd else { throw self.error("something follows a closing quote") }
        guard fields.count == self.width ?? fields.count else {
            throw CSVError(line: start, reason: "has \(fields.count) fields where the header has \(self.width ?? 0)")
        }
        self.width = fields.count
        return fields
    }

    private mutating func field() throws(CSVError) -> String {
        self.take(CSVReader.quote) ? try self.quoted() : try self.plain()
    }

    private mutating func plain() throws(CSVError) -> String {
        let start = self.position
        while self.position < self.bytes.count {
            let byte = self.bytes[self.position]
            if byte == CSVReader.comma || byte == CSVReader.newline { break }
            if byte == CSVReader.quote { throw self.error("a quote in the middle of a field") }
            if byte == CSVReader.carriageReturn {
                guard self.position + 1 < self.bytes.count, self.bytes[self.position + 1] == CSVReader.newline else {
                    throw self.error("a carriage return without a line feed")
                }
                break
            }
            self.position += 1
        }
        return try self.text(self.bytes[start..<self.position])
    }

    private mutating func quoted() throws(CSVError) -> String {
        var content: [UInt8] = []
        while self.position < self.bytes.count {
            let byte = self.bytes[self.position]
            self.position += 1
            if byte == CSVReader.quote {
                guard self.take(CSVReader.quote) else { return try self.text(content[...]) }
            }
            if byte == CSVReader.newline { self.line += 1 }
            content.append(byte)
        }
        throw self.error("a quoted field that does not end")
    }

    private func text(_ bytes: ArraySlice<UInt8>) throws(CSVError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw self.error("bytes that are no UTF-8") }
        return text
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard self.position < self.bytes.count, self.bytes[self.position] == byte else { return false }
        self.position += 1
        return true
    }

    private mutating func takeLineEnd() -> Bool {
        if self.position + 1 < self.bytes.count, self.bytes[self.position] == CSVReader.carriageReturn,
            self.bytes[self.position + 1] == CSVReader.newline
        {
            self.position += 1
        }
        guard self.take(CSVReader.newline) else { return false }
        self.line += 1
        return true
    }

    private func error(_ reason: String) -> CSVError { CSVError(line: self.line, reason: reason) }
}
