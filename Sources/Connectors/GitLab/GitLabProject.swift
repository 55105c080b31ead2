public import Decoding
public import HTTP
public import Reputation

/// A project on GitLab, read through its REST API (docs.gitlab.com/api/rest), version 4.
public enum GitLabProject {
    /// The public instance's API.
    public static let api = "https://gitlab.com/api/v4"

    /// The source `GROUP/PROJECT`, or `GROUP/SUBGROUP/PROJECT`, at the API `base`.
    ///
    /// - Throws: `ReadError`: `unknownFormat` when `name` is no project's, `foreignCursor` when `cursor` is none of ours.
    public static func open(
        _ name: String, base: String = GitLabProject.api, token: String?, client: HTTPClient, clock: RemoteClock,
        observedAt: Instant, resumingAfter cursor: String? = nil
    ) throws(ReadError) -> RemoteImport {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (2...20).contains(parts.count), parts.allSatisfy(GitHubRepository.isName) else {
            throw ReadError(kind: .unknownFormat, file: "the project", offset: 0, detail: "is not GROUP/PROJECT")
        }
        var headers: Headers = ["Accept": "application/json", "User-Agent": "standing"]
        if let token { headers.append("Authorization", "Bearer \(token)") }
        let rest = RestClient(base: base, headers: headers, client: client, clock: clock)
        return try RemoteImport(
            GitLabWalk(name, base: rest.base, asksForMembers: token != nil), client: rest, observedAt: observedAt,
            resumingAfter: cursor)
    }
}
