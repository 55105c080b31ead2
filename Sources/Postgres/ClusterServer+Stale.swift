internal import Foundation
internal import Glibc

extension ClusterServer {
    /// Removes the lock files of a server that is gone, the data's and that of its socket in `socket`, once the last
    /// process it had is gone too. Returns false when the server is there after all: it was only starting.
    ///
    /// PostgreSQL does so itself unless a process has that id: one that was not reaped, or, after the machine was
    /// started again, any other of the same user. It cannot tell; we can, as its processes work in the data directory.
    func removeStaleLocks(socket: String?) throws(ClusterError) -> Bool {
        let path = "\(self.directory)/data/postmaster.pid"
        guard fileKind(path) != nil else { return true }
        for _ in 0..<100 {
            if try self.processes().isEmpty {
                // The data's last: while it stands, a start cut short here is made good by the next.
                for path in ["\(socket ?? self.directory)/.s.PGSQL.5432.lock", path] where fileKind(path) != nil {
                    guard unsafe unlink(path) == 0 else { throw .directory(path, reason: systemError()) }
                }
                return true
            }
            if let socket, answers(socket) { return false }
            usleep(100_000)
        }
        throw .directory(path, reason: "names a server that runs, but does not answer at its socket")
    }

    /// The processes that work in the data directory: the server and all it has started.
    private func processes() throws(ClusterError) -> [String] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: "/proc")
        } catch {
            throw .directory("/proc", reason: error.localizedDescription)
        }
        var place = [CChar](repeating: 0, count: Int(PATH_MAX))
        let data = Array("\(self.directory)/data".utf8)
        return names.filter { name in
            guard Int32(name) != nil else { return false }
            // One that ends meanwhile, or is another user's, has no readable link and is none of the server's.
            let length = unsafe readlink("/proc/\(name)/cwd", &place, place.count)
            return length == data.count && place.prefix(length).elementsEqual(data.map(CChar.init(bitPattern:)))
        }
    }
}
