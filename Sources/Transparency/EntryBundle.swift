import Crypto

/// Why bytes are not a bundle of entries.
public enum EntryBundleError: Error, Equatable {
    /// The bytes end within an entry.
    case truncated
    /// More than a full tile's 256 entries.
    case tooMany
}

/// The entries of one tile as they are served (C2SP tlog-tiles): each after its length in two bytes.
public enum EntryBundle {
    /// The size of the largest entry the format can hold.
    public static let entryLimit = 65_535

    /// The bytes of `entries`, 256 or fewer, each up to `entryLimit` bytes.
    public static func encode(_ entries: some Collection<some Collection<UInt8>>) -> [UInt8] {
        precondition(entries.count <= Tile.fullWidth, "a bundle holds 256 entries")
        var bytes: [UInt8] = []
        for entry in entries {
            precondition(entry.count <= self.entryLimit, "an entry has up to 65,535 bytes")
            bytes += UInt16(entry.count).bigEndianBytes
            bytes += entry
        }
        return bytes
    }

    /// The entries `bytes` holds.
    ///
    /// - Throws: `EntryBundleError`.
    public static func decode(_ bytes: some Collection<UInt8>) throws(EntryBundleError) -> [[UInt8]] {
        var entries: [[UInt8]] = []
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            guard entries.count < Tile.fullWidth else { throw .tooMany }
            guard rest.count >= 2 else { throw .truncated }
            let count = Int(UInt16(bigEndian: rest.prefix(2)))
            rest = rest.dropFirst(2)
            guard rest.count >= count else { throw .truncated }
            entries.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return entries
    }
}

extension Tile {
    /// The bytes this tile is served as, cut from those of a wider one at its place (C2SP tlog-tiles).
    ///
    /// `bytes` must hold as many hashes or entries as this tile.
    public func prefix(of bytes: [UInt8]) -> [UInt8] {
        guard !self.isFull else { return bytes }
        switch self.kind {
        case .hashes: return Array(bytes.prefix(self.width * Digest.byteCount))
        case .entries:
            var end = 0
            for _ in 0..<self.width { end += 2 + Int(UInt16(bigEndian: bytes[end..<(end + 2)])) }
            return Array(bytes[..<end])
        }
    }
}
