/// Compressed data as status lists carry it: zlib (RFC 1950) and gzip (RFC 1952) around DEFLATE (RFC 1951).
///
/// What is compressed here is nearly all zeros, so one byte repeated is the only match that is looked for, in the fixed
/// code. What is read may be anybody's, so reading knows all of DEFLATE.
public enum Deflate {
    /// `bytes` in the zlib format.
    public static func zlib(_ bytes: [UInt8]) -> [UInt8] {
        [0x78, 0xDA] + self.body(bytes) + self.bigEndian(self.adler32(bytes))
    }

    /// `bytes` in the gzip format, without a name or a time.
    public static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        let size = UInt32(truncatingIfNeeded: bytes.count)
        return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 255] + self.body(bytes)
            + self.bigEndian(self.crc32(bytes)).reversed() + self.bigEndian(size).reversed()
    }

    private static func bigEndian(_ number: UInt32) -> [UInt8] {
        stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> UInt32($0)) }
    }

    /// The checksum of zlib (RFC 1950, section 8.2).
    static func adler32(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var (low, high): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            low = (low + UInt32(byte)) % 65_521
            high = (high + low) % 65_521
        }
        return high << 16 | low
    }

    /// The checksum of gzip (RFC 1952, section 8).
    static func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var crc = UInt32.max
        for byte in bytes { crc = self.crcTable[Int((crc ^ UInt32(byte)) & 0xFF)] ^ (crc >> 8) }
        return ~crc
    }

    private static let crcTable: [UInt32] = (0..<256).map { number in
        (0..<8).reduce(UInt32(number)) { crc, _ in crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1 }
    }

    /// One block in the fixed code (RFC 1951, section 3.2.6).
    private static func body(_ bytes: [UInt8]) -> [UInt8] {
        var writer = BitWriter()
        writer.bits(0b011, count: 3)  // the last block, in the fixed code
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            writer.literal(UInt32(byte))
            position += 1
            var run = bytes[position...].prefix { $0 == byte }.count
            position += run
            while run >= 3 {
                let length = run - min(run, 258) == 0 || run - 258 >= 3 ? min(run, 258) : run - 3
                writer.repeatLast(length)
                run -= length
            }
            for _ in 0..<run { writer.literal(UInt32(byte)) }
        }
        writer.literal(256)
        return writer.finish()
    }
}

/// Bits from the lowest of each byte up, and the fixed code's symbols.
private struct BitWriter {
    private var bytes: [UInt8] = []
    private var pending: UInt32 = 0
    private var count: UInt32 = 0

    mutating func bits(_ value: UInt32, count: UInt32) {
        self.pending |= value << self.count
        self.count += count
        while self.count >= 8 {
            self.bytes.append(UInt8(truncatingIfNeeded: self.pending))
            self.pending >>= 8
            self.count -= 8
        }
    }

    /// A Huffman code: its highest bit comes first.
    private mutating func code(_ value: UInt32, count: UInt32) {
        for bit in stride(from: Int(count) - 1, through: 0, by: -1) { self.bits(value >> UInt32(bit) & 1, count: 1) }
    }

    mutating func literal(_ symbol: UInt32) {
        switch symbol {
        case ...143: self.code(0x30 + symbol, count: 8)
        case ...255: self.code(0x190 + symbol - 144, count: 9)
        case ...279: self.code(symbol - 256, count: 7)
        default: self.code(0xC0 + symbol - 280, count: 8)
        }
    }

    /// A match of `length`, 3 to 258, at distance 1.
    mutating func repeatLast(_ length: Int) {
        guard let slot = DeflateTables.lengths.lastIndex(where: { $0 <= length }) else {
            preconditionFailure("a match is of three bytes or more")
        }
        self.literal(UInt32(257 + slot))
        self.bits(UInt32(length - DeflateTables.lengths[slot]), count: UInt32(DeflateTables.lengthExtra[slot]))
        self.code(0, count: 5)
    }

    mutating func finish() -> [UInt8] {
        if self.count > 0 { self.bits(0, count: 8 - self.count) }
        return self.bytes
    }
}

/// The lengths and distances that symbols stand for (RFC 1951, section 3.2.5).
enum DeflateTables {
    static let lengths = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    static let lengthExtra = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    static let distances = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
        6145,
        8193, 12289, 16385, 24577,
    ]
    static let distanceExtra = [
        0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
    ]
    /// The order in which the lengths of the code of code lengths stand (RFC 1951, section 3.2.7).
    static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
}
