public import Decoding
public import HTTP
public import Reputation

/// A repository on Forgejo, or on Gitea from which it comes, read through its REST API.
public enum ForgejoRepository {
    /// The API of the largest public instance.
    public static let api = "https://codeberg.org/api/v1"

    /// The source `OWNER/REPO` at the API `base`.
    ///
    /// - Throws: `ReadError`: `unknownFormat` when `name` is no repository's, `foreignCursor` when `cursor` is none of ours.
    public static func open(
        _ name: String, base: String = ForgejoRepository.api, token: String?, client: HTTPClient, clock: RemoteClock,
        observedAt: Instant, resumingAfter cursor: String? = nil
    ) throws(ReadError) -> RemoteImport {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts.allSatisfy(GitHubRepository.isName) else {
            throw ReadError(kind: .unknownFormat, file: "the repository", offset: 0, detail: "is not OWNER/REPO")
        }
        var headers: Headers = ["Accept": "application/json", "User-Agent": "standing"]
        if let token { headers.append("Authorization", "token \(token)") }
        let rest = RestClient(base: base, headers: headers, client: client, clock: clock)
        return try RemoteImport(
            ForgejoWalk(name, base: rest.base), client: rest, observedAt: observedAt, resumingAfter: cursor)
    }
}
