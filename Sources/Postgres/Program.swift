internal import Foundation
internal import Glibc

/// Runs a program until it ends, and returns how it did and the end of what it wrote.
///
/// Not by Foundation's `Process`, which waits until every descendant has ended too: a server that a program leaves
/// behind is one. For the same reason the output goes to a file, not to a pipe. The program has a process group of its
/// own, so that a terminal's Ctrl-C is for us alone.
func runProgram(_ arguments: [String]) throws(ClusterError) -> (succeeded: Bool, output: String) {
    let output = try namelessFile()
    defer { close(output) }
    let child = try spawn(arguments, output: output)
    var status: Int32 = 0
    while unsafe waitpid(child, &status, 0) != child {
        guard errno == EINTR else { throw .failed(program: arguments[0], output: systemError()) }
    }
    return (status == 0, tail(of: output))
}

private func spawn(_ arguments: [String], output: Int32) throws(ClusterError) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    unsafe posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO)

    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    unsafe sigemptyset(&none)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))

    var pointers: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) } + [nil]
    defer { unsafe pointers.forEach { unsafe free($0) } }
    var nothing: [UnsafeMutablePointer<CChar>?] = unsafe [nil]
    var child: pid_t = 0
    let code = unsafe posix_spawn(&child, arguments[0], &actions, &attributes, &pointers, &nothing)
    guard code == 0 else {
        throw .failed(program: arguments[0], output: unsafe String(cString: strerror(code)))
    }
    return child
}

/// An empty file that is gone when it is closed.
private func namelessFile() throws(ClusterError) -> Int32 {
    let path = "/tmp/standing-output-\(UUID().uuidString)"
    let descriptor = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .directory(path, reason: systemError()) }
    unsafe unlink(path)
    return descriptor
}

/// The last 2,000 bytes of a file.
private func tail(of descriptor: Int32) -> String {
    let end = lseek(descriptor, 0, SEEK_END)
    var bytes = [UInt8](repeating: 0, count: 2_000)
    let count = unsafe pread(descriptor, &bytes, bytes.count, max(0, end - bytes.count))
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
}
