public import Decoding
public import HTTP
public import Reputation

/// A repository on GitHub, read through its REST API.
public enum GitHubRepository {
    /// The public API's base.
    public static let api = "https://api.github.com"

    /// The source `OWNER/REPO` at the API `base`.
    ///
    /// - Throws: `ReadError`: `unknownFormat` when `name` is no repository's, `foreignCursor` when `cursor` is none of ours.
    public static func open(
        _ name: String, base: String = GitHubRepository.api, token: String?, client: HTTPClient, clock: RemoteClock,
        observedAt: Instant, resumingAfter cursor: String? = nil
    ) throws(ReadError) -> RemoteImport {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts.allSatisfy(GitHubRepository.isName) else {
            throw ReadError(kind: .unknownFormat, file: "the repository", offset: 0, detail: "is not OWNER/REPO")
        }
        var headers: Headers = [
            "Accept": "application/vnd.github+json", "User-Agent": "standing", "X-GitHub-Api-Version": "2022-11-28",
        ]
        if let token { headers.append("Authorization", "Bearer \(token)") }
        let rest = RestClient(base: base, headers: headers, client: client, clock: clock)
        return try RemoteImport(
            GitHubWalk(owner: parts[0], name: parts[1], base: rest.base), client: rest, observedAt: observedAt,
            resumingAfter: cursor)
    }

    /// Letters, digits, `.`, `_` and `-`, as GitHub allows in both parts of a name.
    static func isName(_ text: String) -> Bool {
        (1...100).contains(text.utf8.count) && text != "." && text != ".."
            && text.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || "._-".utf8.contains(byte)
            }
    }
}
