internal import Glibc
internal import Synchronization

/// Why a server cannot serve.
public enum HTTPServerError: Error, Equatable, CustomStringConvertible {
    /// Someone else listens there already.
    case addressInUse(host: String, port: Int)
    /// The address is not ours to listen on, and the system's reason.
    case addressUnusable(host: String, port: Int, reason: String)
    /// The system would not give what a server needs, and what that was.
    case noResources(String)

    /// What is wrong, in words for a log.
    public var description: String {
        switch self {
        case .addressInUse(let host, let port): "\(host) port \(port) is in use"
        case .addressUnusable(let host, let port, let reason): "cannot listen on \(host) port \(port): \(reason)"
        case .noResources(let what): "cannot serve: \(what)"
        }
    }
}

/// Sockets that listen on one address, one for each loop, between which the kernel spreads the connections.
///
/// The first is bound alone, and only then made one that shares: so an address that another process has, even another
/// of these servers, is refused instead of shared. Closes those that nobody took.
final class ListeningSockets: Sendable {
    let port: Int
    private let descriptors: Mutex<[Int32]>

    private init(descriptors: [Int32]) {
        self.port = localPort(descriptors[0])
        self.descriptors = Mutex(descriptors)
    }

    deinit { for descriptor in self.take() { close(descriptor) } }

    /// The sockets, now the caller's to close; none the second time.
    func take() -> [Int32] {
        self.descriptors.withLock { descriptors in
            defer { descriptors = [] }
            return descriptors
        }
    }

    /// Binds and listens on `host`, a numeric address or a name of this machine; port 0 is any free one.
    static func open(host: String, port: Int, count: Int) throws(HTTPServerError) -> ListeningSockets {
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, "\(port)", &hints, &found)
        guard code == 0, let first = unsafe found else {
            throw unsafe .addressUnusable(host: host, port: port, reason: String(cString: gai_strerror(code)))
        }
        defer { unsafe freeaddrinfo(found) }
        var opened: [Int32] = []
        do throws(SystemError) {
            var address = unsafe Address(first.pointee.ai_addr, length: first.pointee.ai_addrlen)
            for number in 0..<count {
                opened.append(try bound(to: address, sharing: number > 0))
                if number == 0 { address.port = UInt16(localPort(opened[0])) }
            }
            for descriptor in opened where listen(descriptor, 1024) != 0 { throw SystemError(code: errno) }
        } catch {
            for descriptor in opened { close(descriptor) }
            if error.code == EADDRINUSE { throw .addressInUse(host: host, port: port) }
            throw .addressUnusable(host: host, port: port, reason: error.reason)
        }
        return ListeningSockets(descriptors: opened)
    }
}

private struct SystemError: Error {
    let code: Int32
    var reason: String { unsafe String(cString: strerror(self.code)) }
}

/// A new non-blocking socket bound to `address`, which others that share may have too from then on.
private func bound(to address: Address, sharing: Bool) throws(SystemError) -> Int32 {
    let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(address.family, type, 0)
    guard descriptor >= 0 else { throw SystemError(code: errno) }
    let share = { set(descriptor, SO_REUSEPORT) }
    guard set(descriptor, SO_REUSEADDR), !sharing || share(), address.bind(descriptor), sharing || share() else {
        let code = errno
        close(descriptor)
        throw SystemError(code: code)
    }
    return descriptor
}

private func set(_ descriptor: Int32, _ option: Int32) -> Bool {
    var one: Int32 = 1
    return unsafe setsockopt(descriptor, SOL_SOCKET, option, &one, socklen_t(MemoryLayout<Int32>.size)) == 0
}
