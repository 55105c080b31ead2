public import Decoding
public import HTTP
public import Reputation

/// A project on a Gerrit server, read through its REST API (gerrit-review.googlesource.com/Documentation/rest-api.html).
///
/// Everybody's view is read, without a login: what a server shows to its members alone is not for everybody.
public enum GerritProject {
    /// The source `name` at the server `base`.
    ///
    /// - Throws: `ReadError`: `unknownFormat` when `name` is no project's, `foreignCursor` when `cursor` is none of ours.
    public static func open(
        _ name: String, base: String, client: HTTPClient, clock: RemoteClock, observedAt: Instant,
        resumingAfter cursor: String? = nil
    ) throws(ReadError) -> RemoteImport {
        let isName =
            (1...255).contains(name.utf8.count)
            && name.utf8.allSatisfy { (0x21...0x7E).contains($0) && !#""\"#.utf8.contains($0) }
        guard isName else {
            throw ReadError(kind: .unknownFormat, file: "the project", offset: 0, detail: "is no project's name")
        }
        let rest = RestClient(
            base: base, headers: ["Accept": "application/json", "User-Agent": "standing"], client: client,
            clock: clock, guardPrefix: ")]}'")
        return try RemoteImport(
            GerritWalk(name, base: rest.base), client: rest, observedAt: observedAt, resumingAfter: cursor)
    }
}
