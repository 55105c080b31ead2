import Decoding

/// A name and an address that a commit's author bears, after the clone's own mailmap.
public struct AuthorName: Hashable, Sendable {
    /// As written.
    public let name: String
    /// In lower case.
    public let address: String
}

/// The distinct names of the authors of the commits that `HEAD` of the clone at `path` reaches.
///
/// Evidence keeps no names; this is for reading files that say only names.
///
/// - Throws: `ProgramError` or `ReadError`, as `GitClone` does.
public func authorNames(ofClone path: String, seconds: Int = 3_600) throws -> Set<AuthorName> {
    let repository = try LocalRepository(path: path)
    let log = try repository.git(
        ["log", "-z", "--no-patch", "--format=%aN%x00%aE", repository.head, "--"], seconds: seconds)
    let fields = LineReader(ByteStream(pipe: log.output, name: "git"), delimiter: 0)
    var names: Set<AuthorName> = []
    while let name = try fields.next() {
        let address = try fields.next().flatMap { Commit.address(String(decoding: $0.bytes, as: UTF8.self)) }
        guard let address else { continue }
        names.insert(AuthorName(name: String(decoding: name.bytes, as: UTF8.self), address: address))
    }
    try log.finish()
    return names
}
