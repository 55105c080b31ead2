/// Why compressed data is refused.
public enum InflateError: Error, Equatable {
    /// It ends too early, is in no known form, or a code in it stands for nothing.
    case malformed
    /// It says that it is more than is taken.
    case tooLarge
    /// What came out is not what was put in.
    case wrongChecksum
}

extension Deflate {
    /// What `data`, in the zlib format, holds, at most `limit` bytes.
    ///
    /// - Throws: `InflateError`.
    public static func inflate(zlib data: [UInt8], limit: Int) throws(InflateError) -> [UInt8] {
        guard data.count >= 6, data[0] & 0x0F == 8, data[1] & 0x20 == 0, (Int(data[0]) << 8 | Int(data[1])) % 31 == 0
        else { throw .malformed }
        var inflater = Inflater(data[2...], limit: limit)
        try inflater.run()
        let rest = inflater.rest
        guard rest.count == 4 else { throw .malformed }
        guard rest.reduce(UInt32(0), { $0 << 8 | UInt32($1) }) == self.adler32(inflater.output) else {
            throw .wrongChecksum
        }
        return inflater.output
    }

    /// What `data`, one member in the gzip format, holds, at most `limit` bytes.
    ///
    /// - Throws: `InflateError`.
    public static func inflate(gzip data: [UInt8], limit: Int) throws(InflateError) -> [UInt8] {
        guard data.count >= 18, data[0] == 0x1F, data[1] == 0x8B, data[2] == 8 else { throw .malformed }
        let flags = data[3]
        guard flags & 0xE0 == 0 else { throw .malformed }
        var rest = data[10...]
        if flags & 4 != 0 {
            guard rest.count >= 2 else { throw .malformed }
            let count = Int(rest[rest.startIndex]) | Int(rest[rest.startIndex + 1]) << 8
            guard rest.count >= 2 + count else { throw .malformed }
            rest = rest.dropFirst(2 + count)
        }
        for flag: UInt8 in [8, 16] where flags & flag != 0 {
            guard let end = rest.firstIndex(of: 0) else { throw .malformed }
            rest = rest[(end + 1)...]
        }
        if flags & 2 != 0 { rest = rest.dropFirst(2) }
        var inflater = Inflater(rest, limit: limit)
        try inflater.run()
        let trailer = inflater.rest
        guard trailer.count == 8 else { throw .malformed }
        let numbers = [trailer.prefix(4), trailer.suffix(4)].map { bytes in
            bytes.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        }
        guard numbers[0] == self.crc32(inflater.output),
            numbers[1] == UInt32(truncatingIfNeeded: inflater.output.count)
        else { throw .wrongChecksum }
        return inflater.output
    }
}

/// A canonical Huffman code (RFC 1951, section 3.2.2).
private struct HuffmanCode {
    /// How many codes there are of each length, and the symbols in the order of their codes.
    private var counts = [Int](repeating: 0, count: 16)
    private var symbols: [Int]

    init(lengths: some Collection<Int>) throws(InflateError) {
        for length in lengths { self.counts[length] += 1 }
        self.counts[0] = 0
        var left = 1
        for length in 1...15 {
            left = left << 1 - self.counts[length]
            guard left >= 0 else { throw .malformed }
        }
        var offsets = [Int](repeating: 0, count: 16)
        for length in 1..<15 { offsets[length + 1] = offsets[length] + self.counts[length] }
        self.symbols = [Int](repeating: 0, count: lengths.count)
        for (symbol, length) in lengths.enumerated() where length > 0 {
            self.symbols[offsets[length]] = symbol
            offsets[length] += 1
        }
    }

    func symbol(from reader: inout Inflater) throws(InflateError) -> Int {
        var (code, first, index) = (0, 0, 0)
        for length in 1...15 {
            code |= try reader.bits(1)
            let count = self.counts[length]
            if code - count < first { return self.symbols[index + (code - first)] }
            index += count
            first = (first + count) << 1
            code <<= 1
        }
        throw .malformed
    }
}

/// Reads one DEFLATE stream.
private struct Inflater {
    private let input: ArraySlice<UInt8>
    private var position: Int
    private var pending = 0
    private var count = 0
    private let limit: Int
    private(set) var output: [UInt8] = []

    init(_ input: ArraySlice<UInt8>, limit: Int) {
        self.input = input
        self.position = input.startIndex
        self.limit = limit
    }

    /// What follows the stream.
    var rest: ArraySlice<UInt8> { self.input[self.position...] }

    mutating func bits(_ wanted: Int) throws(InflateError) -> Int {
        while self.count < wanted {
            guard self.position < self.input.endIndex else { throw .malformed }
            self.pending |= Int(self.input[self.position]) << self.count
            self.position += 1
            self.count += 8
        }
        let value = self.pending & (1 << wanted - 1)
        self.pending >>= wanted
        self.count -= wanted
        return value
    }

    mutating func run() throws(InflateError) {
        var isLast = false
        while !isLast {
            isLast = try self.bits(1) == 1
            switch try self.bits(2) {
            case 0: try self.stored()
            case 1:
                try self.compressed(
                    HuffmanCode(
                        lengths: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }),
                    HuffmanCode(lengths: [Int](repeating: 5, count: 30)))
            case 2:
                let (literals, distances) = try self.dynamicCodes()
                try self.compressed(literals, distances)
            default: throw .malformed
            }
        }
    }

    private mutating func stored() throws(InflateError) {
        (self.pending, self.count) = (0, 0)
        guard self.input.endIndex - self.position >= 4 else { throw .malformed }
        let head = self.input[self.position..<(self.position + 4)].map(Int.init)
        let length = head[0] | head[1] << 8
        guard length == ~(head[2] | head[3] << 8) & 0xFFFF, self.input.endIndex - self.position - 4 >= length else {
            throw .malformed
        }
        guard self.output.count + length <= self.limit else { throw .tooLarge }
        self.position += 4
        self.output += self.input[self.position..<(self.position + length)]
        self.position += length
    }

    private mutating func dynamicCodes() throws(InflateError) -> (HuffmanCode, HuffmanCode) {
        let (literals, distances) = (try self.bits(5) + 257, try self.bits(5) + 1)
        let given = try self.bits(4) + 4
        guard literals <= 286, distances <= 30 else { throw .malformed }
        var lengths = [Int](repeating: 0, count: 19)
        for place in DeflateTables.order.prefix(given) { lengths[place] = try self.bits(3) }
        let code = try HuffmanCode(lengths: lengths)
        var all: [Int] = []
        while all.count < literals + distances {
            let symbol = try code.symbol(from: &self)
            guard symbol >= 16 else {
                all.append(symbol)
                continue
            }
            let value = symbol == 16 ? all.last : 0
            guard let value else { throw .malformed }
            let times =
                symbol == 16 ? 3 + (try self.bits(2)) : symbol == 17 ? 3 + (try self.bits(3)) : 11 + (try self.bits(7))
            all += [Int](repeating: value, count: times)
        }
        guard all.count == literals + distances, all[256] > 0 else { throw .malformed }
        return (try HuffmanCode(lengths: all.prefix(literals)), try HuffmanCode(lengths: all.suffix(distances)))
    }

    private mutating func compressed(_ literals: HuffmanCode, _ distances: HuffmanCode) throws(InflateError) {
        while true {
            let symbol = try literals.symbol(from: &self)
            if symbol == 256 { return }
            guard symbol > 256 else {
                guard self.output.count < self.limit else { throw .tooLarge }
                self.output.append(UInt8(symbol))
                continue
            }
            guard symbol - 257 < DeflateTables.lengths.count else { throw .malformed }
            let length = DeflateTables.lengths[symbol - 257] + (try self.bits(DeflateTables.lengthExtra[symbol - 257]))
            let slot = try distances.symbol(from: &self)
            guard slot < DeflateTables.distances.count else { throw .malformed }
            let distance = DeflateTables.distances[slot] + (try self.bits(DeflateTables.distanceExtra[slot]))
            guard distance <= self.output.count else { throw .malformed }
            guard self.output.count + length <= self.limit else { throw .tooLarge }
            for _ in 0..<length { self.output.append(self.output[self.output.count - distance]) }
        }
    }
}
