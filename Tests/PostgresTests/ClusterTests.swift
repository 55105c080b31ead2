import Foundation
import Postgres
import Synchronization
import Testing

/// A cluster takes seconds to make and to start, so these run one after another.
@Suite(.serialized) struct ClusterTests {
    @Test func `a cluster starts in a directory only its owner can enter, and keeps what it is given`() async throws {
        try await withDirectory { directory in
            let told = Mutex<[String]>([])
            let first = try await Cluster.start(in: directory) { line in told.withLock { $0.append(line) } }
            let connection = try await Connection.open(first.url(role: Cluster.owner))
            try await connection.run("CREATE TABLE t (a bigint)")
            try await connection.run("INSERT INTO t (a) VALUES (1)")
            let settings = try await connection.run(
                """
                SELECT current_setting('listen_addresses'), current_setting('fsync'), current_setting('data_checksums'),
                       current_setting('server_encoding'), current_setting('lc_collate'), current_setting('data_directory'),
                       current_setting('wal_sync_method'), current_setting('wal_level')
                """)[0]
            // Past the page cache where the file system lets it; then, and only then, nobody else may read the log.
            let log = (try settings.text(6), try settings.text(7))
            #expect(log == ("open_datasync", "minimal") || log == ("fdatasync", "replica"))
            #expect(try settings.text(0) == "")
            #expect(try (1...2).map { try settings.text($0) } == ["on", "on"])
            #expect(try (3...4).map { try settings.text($0) } == ["UTF8", "C"])
            let data = try settings.text(5)
            let mode = try FileManager.default.attributesOfItem(atPath: data)[.posixPermissions] as? Int
            #expect(mode == 0o700)
            let service = try await Connection.open(first.url())
            let denied = await #expect(throws: PostgresError.self) { try await service.run("SELECT a FROM t") }
            #expect(denied?.state == .insufficientPrivilege)
            try first.release()
            #expect(!isRunning(directory))
            #expect(told.withLock { $0.count } >= 3)

            let second = try await Cluster.start(in: directory) { _ in }
            let count = try await Connection.open(second.url(role: Cluster.owner)).run("SELECT a FROM t").count
            #expect(count == 1)
            try second.release()
            #expect(!isRunning(directory))
        }
    }

    @Test func `the pool of pages grows with what is stored, up to an eighth of the memory`() async throws {
        try await withDirectory { directory in
            let eighth = Int64(ProcessInfo.processInfo.physicalMemory >> 20 / 8)
            let empty = try await pool(of: directory)
            #expect(empty.megabytes == max(128, min(eighth, 256)))
            // As large as ten gigabytes of tables, and takes no room.
            let table = "\(empty.data)/base/1/larger"
            try #require(FileManager.default.createFile(atPath: table, contents: nil))
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: table))
            try file.truncate(atOffset: 10 << 30)
            try file.close()
            let megabytes = try await pool(of: directory).megabytes
            let expected = try FileManager.default.subpathsOfDirectory(atPath: "\(empty.data)/base").reduce(0) {
                $0
                    + (try FileManager.default.attributesOfItem(atPath: "\(empty.data)/base/\($1)")[.size] as? Int64
                        ?? 0)
            }
            #expect(abs(megabytes - max(128, min(eighth, 8_192, expected >> 20 / 8))) <= 1)
        }
    }

    @Test func `indexes that take keys at random are read into the pool, as far as there is room`() async throws {
        try await withDirectory { directory in
            let first = try await Cluster.start(in: directory) { _ in }
            let owner = try await Connection.open(first.url(role: Cluster.owner))
            try await owner.script(
                """
                CREATE EXTENSION pg_buffercache;
                CREATE TABLE t (a bigint CONSTRAINT in_order PRIMARY KEY, b text CONSTRAINT at_random UNIQUE);
                INSERT INTO t SELECT a, md5(a::text) FROM generate_series(1, 50000) a;
                """)
            let data = try await owner.run("SELECT current_setting('data_directory')")[0].text(0)
            try first.release()

            let index = try await afterStart(directory, data, reading: true)
            #expect(index.pages > 200)
            #expect(index.inMemory == index.pages)
            #expect(index.read == index.pages)
            #expect(index.leastUse == 3, "read three times, as there is room enough")
            // Without it a few pages are there, if any: the test would see that nothing was read.
            #expect(try await afterStart(directory, data, reading: false).inMemory < 10)

            // A pool of 128 pages, three quarters of them for indexes.
            let settings = URL(fileURLWithPath: "\(data)/postgresql.auto.conf")
            try Data("shared_buffers = '1MB'\n".utf8).write(to: settings)
            #expect(try await afterStart(directory, data, reading: true).read == 96)
        }
    }

    @Test func `of partitions those of the greatest keys are read first, whichever was made first`() async throws {
        try await withDirectory { directory in
            let first = try await Cluster.start(in: directory) { _ in }
            let owner = try await Connection.open(first.url(role: Cluster.owner))
            try await owner.script(
                """
                CREATE EXTENSION pg_buffercache;
                CREATE TABLE t (a bigint PRIMARY KEY, b text) PARTITION BY RANGE (a);
                CREATE TABLE newest PARTITION OF t FOR VALUES FROM (50001) TO (100001);
                CREATE TABLE oldest PARTITION OF t FOR VALUES FROM (1) TO (9001);
                CREATE TABLE older PARTITION OF t FOR VALUES FROM (9001) TO (50001);
                CREATE INDEX ON t (b);
                INSERT INTO t SELECT a, md5(a::text) FROM generate_series(1, 100000) a;
                """)
            let data = try await owner.run("SELECT current_setting('data_directory')")[0].text(0)
            try first.release()
            // A pool of 1,024 pages: three quarters of it hold the newest and a part of the next.
            let settings = URL(fileURLWithPath: "\(data)/postgresql.auto.conf")
            try Data("shared_buffers = '8MB'\n".utf8).write(to: settings)
            let newest = try await afterStart(directory, data, reading: true, index: "newest_b_idx")
            #expect(newest.inMemory == newest.pages)
            let older = try await afterStart(directory, data, reading: true, index: "older_b_idx")
            #expect(newest.pages + older.pages > 768)
            let oldest = try await afterStart(directory, data, reading: true, index: "oldest_b_idx")
            #expect(oldest.pages > 40)
            #expect(oldest.inMemory < 10)
        }
    }

    @Test func `the log says which rule a row broke, and has no value of it`() async throws {
        try await withDirectory { directory in
            let cluster = try await Cluster.start(in: directory) { _ in }
            let connection = try await Connection.open(cluster.url(role: Cluster.owner))
            let data = try await connection.run("SELECT current_setting('data_directory')")[0].text(0)
            try await connection.run("CREATE TABLE t (a bigint CONSTRAINT a_is_there_once UNIQUE)")
            let refused = await #expect(throws: PostgresError.self) {
                for _ in 0..<2 { try await connection.run("INSERT INTO t (a) VALUES (\(Int64(4_815_162_342)))") }
            }
            #expect(refused?.constraint == "a_is_there_once")
            try cluster.release()
            let log = try String(contentsOfFile: "\(data)/../log", encoding: .utf8)
            #expect(log.contains("a_is_there_once"))
            #expect(!log.contains("4815162342"))
        }
    }

    @Test func `a cluster is shared, and the last to release it stops it`() async throws {
        try await withDirectory { directory in
            let clusters = try await withThrowingTaskGroup(of: Cluster.self) { group in
                for _ in 0..<3 { group.addTask { try await Cluster.start(in: directory) { _ in } } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for cluster in clusters.dropLast() {
                try cluster.release()
                let one = try await Connection.open(cluster.url()).run("SELECT 1")[0].int(0)
                #expect(one == 1)
            }
            try clusters.last?.release()
            #expect(!isRunning(directory))
        }
    }

    @Test(arguments: [String(repeating: "long", count: 40), "it's \"odd\", $HOME `id` \\ & %2F=é"])
    func `the path of the directory does not matter`(name: String) async throws {
        try await withDirectory { directory in
            let cluster = try await Cluster.start(in: "\(directory)/\(name)") { _ in }
            let socket = try await Connection.open(cluster.url(role: Cluster.owner))
                .run("SELECT current_setting('unix_socket_directories')")[0].text(0)
            let again = try await Cluster.start(in: "\(directory)/\(name)") { _ in }
            #expect(again.url() == cluster.url())
            try again.release()
            try cluster.release()
            #expect(!isRunning("\(directory)/\(name)"))
            #expect(!socket.hasPrefix("/tmp/standing-socket") || !FileManager.default.fileExists(atPath: socket))
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a server that starts again reads in what it had in memory, before anybody asks for it`() async throws {
        try await withDirectory { directory in
            let first = try await Cluster.start(in: directory) { _ in }
            let before = try await Connection.open(first.url(role: Cluster.owner))
            try await before.run("CREATE EXTENSION pg_buffercache")
            try await before.run("CREATE TABLE t AS SELECT repeat('x', 1000) AS a FROM generate_series(1, 4000)")
            try first.release()

            let second = try await Cluster.start(in: directory) { _ in }
            let after = try await Connection.open(second.url(role: Cluster.owner))
            let pages: SQL = """
                SELECT pg_relation_size('t') / 8192, count(*) FROM pg_buffercache
                WHERE relfilenode = pg_relation_filenode('t') AND relforknumber = 0
                    AND reldatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
                """
            // It happens beside everything else; nothing here touches the table.
            while true {
                let row = try await after.run(pages)[0]
                if try row.int(0) == row.int(1) { break }
                try await Task.sleep(for: .milliseconds(50))
            }
            try second.release()
        }
    }

    @Test func `a server that was killed recovers by itself`() async throws {
        try await withDirectory { directory in
            let first = try await Cluster.start(in: directory) { _ in }
            let connection = try await Connection.open(first.url(role: Cluster.owner))
            try await connection.run("CREATE TABLE t (a bigint)")
            try await connection.run("INSERT INTO t (a) VALUES (1)")
            let process = try #require(processes(directory).first)
            kill(process, SIGKILL)

            let second = try await Cluster.start(in: directory) { _ in }
            let count = try await Connection.open(second.url(role: Cluster.owner)).run("SELECT a FROM t").count
            #expect(count == 1)
            try first.release()
            try second.release()
            #expect(!isRunning(directory))
        }
    }

    @Test(.timeLimit(.minutes(2)), arguments: [SIGKILL, SIGINT])
    func `a server that ends while it is looked after is started again, at the same address`(signal: Int32)
        async throws
    {
        try await withDirectory { directory in
            // A path too long for a socket: then its directory is one that has to be found again.
            let directory = "\(directory)/\(String(repeating: "long", count: 40))"
            let (starts, told) = AsyncStream.makeStream(of: Void.self)
            let cluster = try await Cluster.start(in: directory) { if $0.hasPrefix("started") { told.yield() } }
            let connection = try await Connection.open(cluster.url(role: Cluster.owner))
            try await connection.run("CREATE TABLE t (a bigint)")
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    do {
                        try await cluster.supervise(every: .milliseconds(50)) {
                            Issue.record("it does not start: \($0)")
                        }
                    } catch is CancellationError {}
                }
                var seen = starts.makeAsyncIterator()
                await seen.next()
                let process = try #require(processes(directory).first)
                kill(process, signal)
                await seen.next()
                let count = try await Connection.open(cluster.url(role: Cluster.owner)).run("SELECT a FROM t").count
                #expect(count == 0)
                group.cancelAll()
            }
            try cluster.release()
            #expect(!isRunning(directory))
        }
    }

    @Test func `what is in the way is named`() async throws {
        try await withDirectory { directory in
            let path = "\(directory)/cluster"
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "\(directory)/gone")
            let dangling = await #expect(throws: ClusterError.self) { try await Cluster.start(in: directory) { _ in } }
            #expect(dangling?.description.contains(path) == true)
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/usr")
            let foreign = await #expect(throws: ClusterError.self) { try await Cluster.start(in: directory) { _ in } }
            #expect(foreign?.description.contains("/usr") == true)
            try FileManager.default.removeItem(atPath: path)
            try Data().write(to: URL(fileURLWithPath: path))
            let file = await #expect(throws: ClusterError.self) { try await Cluster.start(in: directory) { _ in } }
            #expect(file?.description.contains(path) == true)
        }
    }

    @Test func `data of a version that is not installed names the package`() async throws {
        try await withDirectory { directory in
            try await Cluster.start(in: directory) { _ in }.release()
            let version = URL(fileURLWithPath: "\(directory)/cluster/data/PG_VERSION")
            try Data("9\n".utf8).write(to: version)
            let error = await #expect(throws: ClusterError.self) { try await Cluster.start(in: directory) { _ in } }
            #expect(error == .noPrograms(version: "9"))
            #expect(error?.description.contains("postgresql-9") == true)
        }
    }
}

/// Runs `body` with a new directory of mode 0700 and removes it, and what a link in it leads to, afterwards.
private func withDirectory(_ body: (String) async throws -> Void) async throws {
    let files = FileManager.default
    let directory = "/tmp/standing-cluster-\(UUID().uuidString)"
    try files.createDirectory(
        atPath: directory, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    defer {
        for process in processes(directory) { kill(process, SIGKILL) }
        for path in homes(directory) + [directory] {
            do { try files.removeItem(atPath: path) } catch { Issue.record("\(path) was left behind: \(error)") }
        }
    }
    try await body(directory)
}

/// Where the clusters made in `directory` or one below have their data: there, or where a link leads.
private func homes(_ directory: String) -> [String] {
    let files = FileManager.default
    let names = files.children(of: directory)
    return ([directory] + names).map { "\($0)/cluster" }.filter { path in
        files.fileExists(atPath: "\(path)/data")
    }.map { URL(fileURLWithPath: $0).resolvingSymlinksInPath().path }
}

extension FileManager {
    fileprivate func children(of path: String) -> [String] {
        do {
            return try self.contentsOfDirectory(atPath: path).map { "\(path)/\($0)" }
        } catch {
            return []
        }
    }
}

/// The servers that work in the clusters made in `directory`.
private func processes(_ directory: String) -> [Int32] {
    homes(directory).compactMap { home in
        guard let contents = FileManager.default.contents(atPath: "\(home)/data/postmaster.pid"),
            let line = String(decoding: contents, as: UTF8.self).split(separator: "\n").first,
            let process = Int32(line)
        else { return nil }
        do {
            let place = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd")
            return place == "\(home)/data" ? process : nil
        } catch {
            return nil
        }
    }
}

private func isRunning(_ directory: String) -> Bool { !processes(directory).isEmpty }

/// The pages of an index, how many of them are in memory once the cluster has started without what it kept of its last pool and
/// how often each was used at least, and how many pages of indexes were read in.
private func afterStart(
    _ directory: String, _ data: String, reading: Bool, index: String = "at_random"
) async throws -> (pages: Int64, inMemory: Int64, leastUse: Int64, read: Int64) {
    try FileManager.default.removeItem(atPath: "\(data)/autoprewarm.blocks")
    let cluster = try await Cluster.start(in: directory) { _ in }
    let read = reading ? try #require(try await cluster.readIndexes()) : 0
    let row = try await Connection.open(cluster.url(role: Cluster.owner)).run(
        """
        SELECT pg_relation_size(\(index)::text::regclass) / 8192, count(*), coalesce(min(usagecount), 0)::bigint
        FROM pg_buffercache WHERE relfilenode = pg_relation_filenode(\(index)::text::regclass)
            AND reldatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
        """)[0]
    try cluster.release()
    return (try row.int(0), try row.int(1), try row.int(2), read / 8_192)
}

/// The megabytes of the pool of the cluster in `directory` after a start, and where its data are.
private func pool(of directory: String) async throws -> (megabytes: Int64, data: String) {
    let cluster = try await Cluster.start(in: directory) { _ in }
    let settings = try await Connection.open(cluster.url(role: Cluster.owner)).run(
        """
        SELECT pg_size_bytes(current_setting('shared_buffers')) / 1048576, current_setting('data_directory')
        """)[0]
    try cluster.release()
    return (try settings.int(0), try settings.text(1))
}
