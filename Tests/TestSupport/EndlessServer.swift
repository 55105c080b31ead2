import Foundation
import Glibc

/// A server whose one answer never ends.
@safe public final class EndlessServer: Sendable {
    /// On loopback.
    public let port: Int
    private let listener: Int32

    struct Failure: Error {
        let call: String
        let code: Int32
    }

    /// Answers with `opening` and then with nothing but `rest`, as fast as it is taken.
    public init(
        opening: String = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n",
        rest: String = String(repeating: "a", count: 4_096)
    ) throws {
        self.listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = self.listener
        let code = unsafe withUnsafeMutablePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard unsafe bind(listener, address, length) == 0, listen(listener, 4) == 0 else { return errno }
                return unsafe getsockname(listener, address, &length) == 0 ? 0 : errno
            }
        }
        guard code == 0 else { throw Failure(call: "listen", code: code) }
        self.port = Int(address.sin_port.bigEndian)
        Thread { EndlessServer.serve(listener, Array(opening.utf8), Array(rest.utf8)) }.start()
    }

    deinit { shutdown(self.listener, Int32(SHUT_RDWR)) }

    private static func serve(_ listener: Int32, _ opening: [UInt8], _ rest: [UInt8]) {
        while true {
            let client = accept(listener, nil, nil)
            guard client >= 0 else { break }
            var chunk = opening
            while unsafe send(client, chunk, chunk.count, Int32(MSG_NOSIGNAL)) > 0 { chunk = rest }
            close(client)
        }
        close(listener)
    }
}
