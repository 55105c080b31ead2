import Glibc
import Testing

/// A client's bare socket, so that tests say exactly what goes over the wire. Blocking; a read that takes longer than
/// ten seconds fails instead of hanging the tests.
@safe final class Socket {
    private let descriptor: Int32
    private var pending: [UInt8] = []

    struct Failure: Error {
        let call: String
        let code: Int32
    }

    init(_ host: String = "127.0.0.1", port: Int) throws {
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_NUMERICHOST
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, "\(port)", &hints, &found)
        guard code == 0, let address = unsafe found?.pointee else { throw Failure(call: "getaddrinfo", code: code) }
        defer { unsafe freeaddrinfo(found) }
        self.descriptor = unsafe socket(address.ai_family, address.ai_socktype, 0)
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        unsafe setsockopt(self.descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        guard unsafe connect(self.descriptor, address.ai_addr, address.ai_addrlen) == 0 else {
            throw Failure(call: "connect", code: errno)
        }
    }

    deinit { close(self.descriptor) }

    func send(_ text: String) throws { try self.send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { bytes in
                unsafe Glibc.send(self.descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(call: "send", code: errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// Closes with a reset instead of an orderly end, once this object goes.
    func resetWhenClosed() {
        var option = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(self.descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    /// Reads once more; false at the end, also when the peer reset the connection.
    private func fill() throws -> Bool {
        let chunk = try unsafe withUnsafeTemporaryAllocation(byteCount: 65536, alignment: 1) { buffer in
            let count = unsafe recv(self.descriptor, buffer.baseAddress, buffer.count, 0)
            if count < 0 && errno != ECONNRESET { throw Failure(call: "recv", code: errno) }
            return unsafe Array(buffer.prefix(max(0, count)))
        }
        self.pending += chunk
        return !chunk.isEmpty
    }

    /// Everything up to the end of the connection.
    func readToEnd() throws -> String {
        while try self.fill() {}
        defer { self.pending = [] }
        return String(decoding: self.pending, as: UTF8.self)
    }

    struct Answer {
        var status = 0
        var head = ""
        var body = ""
    }

    /// The next answer, its body as long as its Content-Length says, or empty where `bodyless`.
    func readAnswer(bodyless: Bool = false) throws -> Answer {
        let mark = Array("\r\n\r\n".utf8)
        var end: Int?
        while end == nil {
            end = self.pending.indices.first { self.pending[$0...].starts(with: mark) }
            if end == nil, try !self.fill() { throw Failure(call: "answer", code: 0) }
        }
        var answer = Answer()
        answer.head = String(decoding: self.pending[..<end!], as: UTF8.self)
        answer.status = Int(answer.head.split(separator: " ")[1]) ?? 0
        let length = answer.head.split(separator: "\r\n").first { $0.hasPrefix("Content-Length: ") }
        let count = bodyless ? 0 : length.flatMap { Int($0.dropFirst(16)) } ?? 0
        while self.pending.count < end! + 4 + count { guard try self.fill() else { break } }
        answer.body = String(decoding: self.pending[(end! + 4)...].prefix(count), as: UTF8.self)
        self.pending.removeFirst(min(self.pending.count, end! + 4 + count))
        return answer
    }

    /// Sends `text` and reads its answer.
    func ask(_ text: String) throws -> Answer {
        try self.send(text)
        return try self.readAnswer()
    }
}
