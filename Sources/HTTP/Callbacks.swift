internal import CMicrohttpd
internal import Glibc

// What libmicrohttpd calls. `owner` is the listener, which outlives its daemon; a connection's context is its
// `Connection`, retained from the notice that it started until the notice that it closed.

private func listener(_ owner: UnsafeMutableRawPointer?) -> Listener? {
    guard let owner = unsafe owner else { return nil }
    return unsafe Unmanaged<Listener>.fromOpaque(owner).takeUnretainedValue()
}

private func connection(_ context: UnsafeMutableRawPointer?) -> Connection? {
    guard let context = unsafe context else { return nil }
    return unsafe Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue()
}

/// Whether to take a connection that was just accepted.
func acceptPolicy(
    _ owner: UnsafeMutableRawPointer?, _ address: UnsafePointer<sockaddr>?, _ length: socklen_t
) -> MHD_Result {
    guard let listener = unsafe listener(owner) else { return .NO }
    return listener.settings.admits(unsafe Address(address, length: length).host) ? .YES : .NO
}

/// A connection started or closed.
func connectionNotice(
    _ owner: UnsafeMutableRawPointer?, _ handle: OpaquePointer?,
    _ context: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ notice: MHD_ConnectionNotificationCode
) {
    guard let listener = unsafe listener(owner), let handle = unsafe handle, let context = unsafe context else {
        return
    }
    if notice == .CONNECTION_NOTIFY_STARTED {
        let connection = unsafe Connection(handle, of: listener)
        unsafe context.pointee = Unmanaged.passRetained(connection).toOpaque()
        listener.opened(connection)
    } else if let pointer = unsafe context.pointee {
        unsafe context.pointee = nil
        listener.closed(unsafe Unmanaged<Connection>.fromOpaque(pointer).takeRetainedValue())
    }
}

/// A request line was read; gives its target before libmicrohttpd decodes it in place, and the context of the calls
/// that follow.
func targetRead(
    _ owner: UnsafeMutableRawPointer?, _ target: UnsafePointer<CChar>?, _ handle: OpaquePointer?
) -> UnsafeMutableRawPointer? {
    let context = unsafe http_connection_context(handle)
    if let connection = unsafe connection(context), let target = unsafe target {
        connection.target = unsafe String(cString: target)
    }
    return unsafe context
}

/// A head was read, a piece of body, the end of a request; or it is time to answer.
func accessHandler(
    _ owner: UnsafeMutableRawPointer?, _ handle: OpaquePointer?, _ url: UnsafePointer<CChar>?,
    _ method: UnsafePointer<CChar>?, _ version: UnsafePointer<CChar>?, _ data: UnsafePointer<CChar>?,
    _ size: UnsafeMutablePointer<Int>?, _ context: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let connection = unsafe connection(context?.pointee), let size = unsafe size else { return .NO }
    let piece = unsafe UnsafeRawBufferPointer(start: data, count: size.pointee)
    unsafe size.pointee = 0  // All of it is taken.
    let method = unsafe method.map { unsafe String(cString: $0) } ?? ""
    return connection.proceed(method: method, piece: unsafe piece.bytes) ? .YES : .NO
}

/// A request is over, answered or not.
func requestCompleted(
    _ owner: UnsafeMutableRawPointer?, _ handle: OpaquePointer?,
    _ context: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ reason: MHD_RequestTerminationCode
) {
    unsafe connection(context?.pointee)?.completed()
}

/// Adds one header field to the array that `fields` points to.
func collectField(
    _ fields: UnsafeMutableRawPointer?, _ kind: MHD_ValueKind, _ name: UnsafePointer<CChar>?, _ nameSize: Int,
    _ value: UnsafePointer<CChar>?, _ valueSize: Int
) -> MHD_Result {
    guard let fields = unsafe fields else { return .NO }
    let name = unsafe String(decoding: UnsafeRawBufferPointer(start: name, count: nameSize), as: UTF8.self)
    let value = unsafe String(decoding: UnsafeRawBufferPointer(start: value, count: valueSize), as: UTF8.self)
    unsafe fields.assumingMemoryBound(to: Headers.self).pointee.append(name, value)
    return .YES
}
