internal import Glibc

/// A copy of a socket address of either family.
struct Address {
    private var storage = sockaddr_storage()
    private let length: socklen_t

    /// Copies `length` bytes, at most what the largest address has.
    @unsafe init(_ address: UnsafePointer<sockaddr>?, length: socklen_t) {
        self.length = min(length, socklen_t(MemoryLayout<sockaddr_storage>.size))
        guard let address = unsafe address else { return }
        unsafe withUnsafeMutableBytes(of: &self.storage) { bytes in
            unsafe bytes.copyMemory(from: UnsafeRawBufferPointer(start: address, count: Int(self.length)))
        }
    }

    /// Copies the address of an IPv4 or IPv6 peer.
    @unsafe init(_ address: UnsafePointer<sockaddr>?) {
        let family = unsafe address.map { unsafe Int32($0.pointee.sa_family) }
        let size = family == AF_INET6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
        unsafe self.init(address, length: socklen_t(size))
    }

    var family: Int32 { Int32(self.storage.ss_family) }

    /// The port; it lies in the same place in both families.
    var port: UInt16 {
        get { unsafe withUnsafeBytes(of: self.storage) { unsafe UInt16($0[2]) << 8 | UInt16($0[3]) } }
        set {
            unsafe withUnsafeMutableBytes(of: &self.storage) { bytes in
                unsafe bytes[2] = UInt8(newValue >> 8)
                unsafe bytes[3] = UInt8(newValue & 0xFF)
            }
        }
    }

    /// The address in digits, such as `192.0.2.1` or `2001:db8::1`.
    var host: String {
        unsafe withUnsafeBytes(of: self.storage) { address in
            unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) { host in
                let code = unsafe getnameinfo(
                    address.baseAddress?.assumingMemoryBound(to: sockaddr.self), self.length, host.baseAddress,
                    socklen_t(host.count), nil, 0, NI_NUMERICHOST)
                guard code == 0, let host = host.baseAddress else { return "unknown" }
                return unsafe String(cString: host)
            }
        }
    }

    /// Gives it to a socket.
    func bind(_ descriptor: Int32) -> Bool {
        unsafe withUnsafeBytes(of: self.storage) { address in
            unsafe Glibc.bind(descriptor, address.baseAddress?.assumingMemoryBound(to: sockaddr.self), self.length) == 0
        }
    }
}

/// The port a socket is bound to.
func localPort(_ descriptor: Int32) -> Int {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return unsafe withUnsafeMutableBytes(of: &storage) { bytes in
        let address = unsafe bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
        let code = unsafe getsockname(descriptor, address, &length)
        precondition(code == 0, "a bound socket has a name")
        return unsafe Int(Address(address, length: length).port)
    }
}
