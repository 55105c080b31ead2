internal import CCurl

/// The thread of a client: hands its requests to libcurl and gives back what becomes of them.
///
/// Only that thread touches it, and through it every handle of libcurl's.
@safe struct Exchanger {
    private let desk: Desk
    private let multi: UnsafeMutableRawPointer
    private var transfers: [Int: Transfer] = [:]

    private static let isInitialized = http_initialize() != 0

    init(desk: Desk) {
        // libcurl does not start without memory alone, which ends a Swift program at every other allocation, too.
        guard Exchanger.isInitialized, let multi = unsafe curl_multi_init() else {
            fatalError("libcurl does not start")
        }
        self.desk = desk
        unsafe self.multi = unsafe multi
    }

    /// Works until the client is gone.
    consuming func run() {
        while !self.desk.isClosed || !self.transfers.isEmpty {
            let (orders, cancelled) = self.desk.take()
            for order in orders { self.begin(Transfer(order)) }
            for id in cancelled { self.end(self.transfers[id], .failure(.cancelled)) }
            var running: Int32 = 0
            unsafe curl_multi_perform(self.multi, &running)
            self.finishEnded()
            var bell = curl_waitfd(fd: self.desk.bell, events: Int16(CURL_WAIT_POLLIN), revents: 0)
            unsafe curl_multi_poll(self.multi, &bell, 1, 60_000, nil)
        }
        unsafe curl_multi_cleanup(self.multi)
    }

    private mutating func begin(_ transfer: Transfer) {
        self.transfers[transfer.id] = transfer
        guard let handle = unsafe transfer.open() else {
            return self.end(transfer, .failure(.badURL(transfer.request.url)))
        }
        unsafe curl_multi_add_handle(self.multi, handle)
    }

    private mutating func finishEnded() {
        var code = CURLE_OK
        while let handle = unsafe http_ended(self.multi, &code) {
            guard let owner = unsafe http_owner(handle) else { preconditionFailure("every handle has its transfer") }
            let transfer = unsafe Unmanaged<Transfer>.fromOpaque(owner).takeUnretainedValue()
            if code == CURLE_OK, transfer.redirect() {
                self.close(transfer)
                self.begin(transfer)
            } else {
                self.end(transfer, transfer.outcome(code))
            }
        }
    }

    /// Answers whoever waits for `transfer`, if anybody still does.
    private mutating func end(_ transfer: Transfer?, _ outcome: Outcome) {
        guard let transfer else { return }
        self.close(transfer)
        self.transfers[transfer.id] = nil
        transfer.answer(outcome)
    }

    private func close(_ transfer: Transfer) {
        guard let handle = unsafe transfer.handle else { return }
        unsafe curl_multi_remove_handle(self.multi, handle)
        transfer.close()
    }
}
