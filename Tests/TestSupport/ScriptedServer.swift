import Foundation
import Glibc
import Synchronization

/// A server on loopback whose every answer is written byte by byte by a test, the broken ones included.
@safe public final class ScriptedServer: Sendable {
    /// What is sent for a request, and then the connection is closed.
    public typealias Script = @Sendable (_ request: Head) -> [UInt8]

    /// The head of a request.
    public struct Head: Sendable {
        /// The path with its query, as it was sent.
        public let target: String
        /// The header fields by lower-case name.
        public let headers: [String: String]
    }

    struct Failure: Error {
        let call: String
        let code: Int32
    }

    /// On loopback.
    public let port: Int
    private let listener: Int32

    /// Answers every request with what `script` says.
    public init(_ script: @escaping Script) throws {
        self.listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = self.listener
        let code = unsafe withUnsafeMutablePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard unsafe bind(listener, address, length) == 0, listen(listener, 16) == 0 else { return errno }
                return unsafe getsockname(listener, address, &length) == 0 ? 0 : errno
            }
        }
        guard code == 0 else { throw Failure(call: "listen", code: code) }
        self.port = Int(address.sin_port.bigEndian)
        Thread { ScriptedServer.serve(listener, script) }.start()
    }

    deinit { shutdown(self.listener, Int32(SHUT_RDWR)) }

    /// An answer with a body of its length; `status` is `200 OK`.
    public static func answer(
        _ body: [UInt8], status: String = "200 OK", headers: [(String, String)] = [], length: Int? = nil
    ) -> [UInt8] {
        var head = "HTTP/1.1 \(status)\r\nConnection: close\r\nContent-Length: \(length ?? body.count)\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        return Array((head + "\r\n").utf8) + body
    }

    private static func serve(_ listener: Int32, _ script: Script) {
        while true {
            let client = accept(listener, nil, nil)
            guard client >= 0 else { break }
            if let head = ScriptedServer.head(client) {
                let answer = script(head)
                var sent = 0
                while sent < answer.count {
                    let rest = Array(answer[sent...])
                    let count = unsafe send(client, rest, rest.count, Int32(MSG_NOSIGNAL))
                    guard count > 0 else { break }
                    sent += count
                }
            }
            close(client)
        }
        close(listener)
    }

    private static func head(_ client: Int32) -> Head? {
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while !text.contains(subsequence: [13, 10, 13, 10]) {
            let count = unsafe recv(client, &chunk, chunk.count, 0)
            guard count > 0, text.count < 65_536 else { return nil }
            text += chunk[..<count]
        }
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\r\n")
        guard let first = lines.first?.split(separator: " "), first.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(
                in: .whitespaces)
        }
        return Head(target: String(first[1]), headers: headers)
    }
}

extension [UInt8] {
    fileprivate func contains(subsequence: [UInt8]) -> Bool {
        self.count >= subsequence.count
            && (0...(self.count - subsequence.count)).contains { self[$0...].starts(with: subsequence) }
    }
}
