/// Parameters in the server's binary form, each after its length as four bytes (−1 for null), as Bind and COPY carry
/// them ("Message Formats" and "COPY" in PostgreSQL's manual). A value of 2 GB or more, which no column could hold
/// either, is a mistake of ours and stops the program.
public struct ParameterBuffer: Sendable {
    private(set) var bytes: [UInt8] = []

    /// Adds a null.
    public mutating func appendNull() { self.append(raw: Int32(-1)) }

    /// Adds a fixed-width integer, most significant byte first.
    public mutating func append<Integer: FixedWidthInteger>(integer: Integer) {
        // Length and value in one go: rows are mostly these.
        let width = Integer.bitWidth / 8
        unsafe withUnsafeTemporaryAllocation(byteCount: 4 + width, alignment: 1) { field in
            unsafe field.storeBytes(of: Int32(width).bigEndian, as: Int32.self)
            unsafe field.storeBytes(of: integer.bigEndian, toByteOffset: 4, as: Integer.self)
            unsafe self.bytes.append(contentsOf: field)
        }
    }

    /// Adds bytes as they are.
    public mutating func append(bytes: [UInt8]) {
        self.append(raw: Int32(bytes.count))
        self.bytes += bytes
    }

    /// Adds text as UTF-8.
    public mutating func append(text: String) {
        self.append(raw: Int32(text.utf8.count))
        self.bytes += text.utf8
    }

    /// Adds a one-dimensional array (`array_recv` in PostgreSQL's source).
    mutating func appendArray<Element: SQLParameter>(_ elements: [Element]) {
        let start = self.bytes.count
        self.append(raw: Int32(0))
        self.append(raw: Int32(elements.isEmpty ? 0 : 1))
        self.append(raw: Int32(0))
        self.append(raw: Element.type.rawValue)
        if !elements.isEmpty {
            self.append(raw: Int32(elements.count))
            self.append(raw: Int32(1))
            for element in elements { element.encode(into: &self) }
        }
        self.setLength(at: start)
    }

    /// Adds an integer without a length in front.
    mutating func append(raw integer: some FixedWidthInteger) {
        unsafe withUnsafeBytes(of: integer.bigEndian) { bytes in
            unsafe self.bytes.append(contentsOf: bytes)
        }
    }

    mutating func append(raw bytes: some Collection<UInt8>) { self.bytes += bytes }

    mutating func removeAll() { self.bytes.removeAll(keepingCapacity: true) }

    private mutating func setLength(at start: Int) {
        let length = Int32(self.bytes.count - start - 4)
        for (index, shift) in [24, 16, 8, 0].enumerated() {
            self.bytes[start + index] = UInt8(truncatingIfNeeded: length >> Int32(shift))
        }
    }

    /// Calls `body` with the values, lengths and formats of the `count` parameters as libpq takes them.
    ///
    /// The pointers are into this buffer and live as long as the call.
    func withPointers<Value>(
        count: Int,
        _ body: (_ values: [UnsafePointer<CChar>?], _ lengths: [Int32], _ formats: [Int32]) -> Value
    ) -> Value {
        unsafe self.bytes.withUnsafeBytes { bytes in
            var values: [UnsafePointer<CChar>?] = unsafe []
            var lengths: [Int32] = []
            unsafe values.reserveCapacity(count)
            lengths.reserveCapacity(count)
            var offset = 0
            for _ in 0..<count {
                let length = unsafe Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self))
                offset += 4
                unsafe values.append(
                    length < 0 ? nil : (bytes.baseAddress! + offset).assumingMemoryBound(to: CChar.self))
                lengths.append(max(length, 0))
                offset += Int(max(length, 0))
            }
            return unsafe body(values, lengths, Array(repeating: 1, count: count))
        }
    }
}
