/// The lines of a text of JSON values, one a line (NDJSON), without the empty ones; what is in them is not looked at.
public struct JSONLines: Sequence, IteratorProtocol, Sendable {
    private let text: [UInt8]
    private var position = 0

    /// The lines of `text`.
    public init(_ text: [UInt8]) { self.text = text }

    /// The next line, without its end.
    public mutating func next() -> ArraySlice<UInt8>? {
        while self.position < self.text.count {
            let start = self.position
            let end = self.text.span.firstIndex(of: UInt8(ascii: "\n"), from: start)
            self.position = end + 1
            if end > start { return self.text[start..<end] }
        }
        return nil
    }
}
