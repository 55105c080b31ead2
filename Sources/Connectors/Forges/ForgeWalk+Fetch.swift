import Foundation

extension ForgeWalk {
    /// The answer at `address`; nil when it is not there, or has not changed since `tag`.
    ///
    /// - Throws: `RemoteError` when it cannot be asked.
    func fetch(_ address: String, _ client: RestClient, tag: String? = nil) async throws -> RestAnswer? {
        switch try await client.get(address, tag: tag) {
        case .found(let answer): return answer
        case .unchanged, .nothing: return nil
        case .forbidden:
            throw RemoteError(address: ForgeAddress.short(address), reason: "the forge forbids it (403)")
        case .unavailable(let reason): throw RemoteError(address: ForgeAddress.short(address), reason: reason)
        }
    }

    /// All elements of the list that begins at `address`, and the answers they came in; nil when it is not there.
    ///
    /// - Throws: `RemoteError`; also for a list without an end.
    func list(_ address: String, _ client: RestClient) async throws -> (elements: [Place], bytes: [UInt8])? {
        var (elements, bytes): ([Place], [UInt8]) = ([], [])
        var (next, seen): (String?, Set<String>) = (address, [])
        while let page = next {
            guard seen.insert(page).inserted, seen.count <= 100 else {
                throw RemoteError(address: ForgeAddress.short(address), reason: "the list has no end")
            }
            guard let answer = try await self.fetch(page, client) else {
                if elements.isEmpty { return nil }
                throw RemoteError(address: ForgeAddress.short(address), reason: "a page of the list is gone")
            }
            do {
                elements += try Place(parsing: answer.body).elements()
            } catch {
                throw RemoteError(address: ForgeAddress.short(address), reason: error.reason)
            }
            bytes += answer.body
            next = answer.next
        }
        return (elements, bytes)
    }
}

extension Place {
    /// The phase of a walk that the place names.
    func phase<Phase: RawRepresentable<String>>() throws(Refusal) -> Phase {
        guard let phase = Phase(rawValue: try self.text()) else { throw self.refusal("a phase") }
        return phase
    }
}

/// Addresses as messages and locators show them.
enum ForgeAddress {
    /// `address` without its query.
    static func short(_ address: String) -> String { String(address.prefix { $0 != "?" }) }

    /// `text` with everything percent-encoded that is not a letter, a digit, `-`, `.`, `_` or `~` (RFC 3986, section 2.3).
    static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain =
                (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || "-._~".utf8.contains(byte)
            let hex = String(byte, radix: 16, uppercase: true)
            return isPlain ? String(UnicodeScalar(byte)) : byte < 16 ? "%0\(hex)" : "%\(hex)"
        }.joined()
    }

    /// `https://api.github.com` as `api.github.com`.
    static func host(_ base: String) -> String {
        base.range(of: "://").map { String(base[$0.upperBound...]) } ?? base
    }
}
