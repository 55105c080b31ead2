public import EventLoop

/// Reads over one connection that belongs to an event loop: no call blocks, none holds a transaction open.
///
/// The statements of one turn of the loop are sent together and their answers come back in order. One that fails
/// harms no other: what the server skipped after it is sent again. Its session lets nothing write. When the server
/// goes away callers get `.noConnection` at once, while the pipeline connects again in the background.
public final class ReadPipeline: Sendable {
    private let loop: EventLoop
    /// Touched on the loop's thread alone: `onLoop` is the only way to it, and checks.
    private nonisolated(unsafe) let state: PipelineState

    init(_ state: PipelineState, on loop: EventLoop) {
        self.loop = loop
        unsafe self.state = state
    }

    deinit {
        nonisolated(unsafe) let state = unsafe self.state
        self.loop.perform { unsafe state.close() }
    }

    /// Connects to the database at `url` and returns when statements can be run.
    ///
    /// `role` is taken on after login. `statementTimeout` bounds each statement. No more than `limit` statements wait
    /// or are under way; the next throws `.overloaded`. A host name in `url` is looked up on the loop: prefer a socket
    /// or an address.
    public static func open(
        _ url: String, role: String? = nil, on loop: EventLoop, statementTimeout: Duration = .seconds(5),
        limit: Int = 4_096
    ) async throws(PostgresError) -> ReadPipeline {
        var settings = SessionSettings(
            applicationName: "standing reads", role: role, statementTimeout: statementTimeout)
        settings.isReadOnly = true
        let result: Result<ReadPipeline, PostgresError> = await withCheckedContinuation { continuation in
            loop.perform { [settings] in
                let state = PipelineState(url: url, settings: settings, limit: limit, loop: loop)
                state.open { error in
                    continuation.resume(
                        returning: error.map { .failure($0) } ?? .success(ReadPipeline(state, on: loop)))
                }
            }
        }
        return try result.get()
    }

    /// Runs `sql`, one statement that reads, and returns its rows; from any task, best from one of the loop's.
    public func run(_ sql: SQL) async throws(PostgresError) -> [Row] {
        let result: Result<[Row], PostgresError> = await withCheckedContinuation { continuation in
            self.onLoop { state in state.add(sql) { continuation.resume(returning: $0) } }
        }
        return try result.get()
    }

    /// Ends the session; statements under way throw `.noConnection`. From any thread.
    public func close() {
        self.onLoop { $0.close() }
    }

    private func onLoop(_ body: @Sendable @escaping (PipelineState) -> Void) {
        if self.loop.isCurrent {
            unsafe body(self.state)
        } else {
            self.loop.perform { unsafe body(self.state) }
        }
    }
}
