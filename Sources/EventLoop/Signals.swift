internal import CLinux
internal import Glibc

/// Waits for signals as one waits for anything else.
///
/// Not by blocking them: the thread that began an asynchronous `main` waits in libdispatch's `sigsuspend` with every
/// signal let through, and one without a handler would end the process there. So a handler passes each on through a
/// pipe.
public enum Signals {
    /// Keeps `signals` from ending the process: they wait until `next` asks for them.
    public static func hold(_ signals: [Int32]) {
        precondition(pipeEnds.read >= 0 && pipeEnds.write >= 0, "no descriptors left for signals")
        for signal in signals {
            var action = sigaction()
            unsafe action.__sigaction_handler.sa_handler = passOn
            action.sa_flags = SA_RESTART
            let code = unsafe sigaction(signal, &action, nil)
            precondition(code == 0, "signal \(signal) cannot be caught")
        }
    }

    /// The next of the signals held to arrive.
    ///
    /// A thread of its own waits, because reading blocks; it lives until a signal comes or the process ends.
    public static func next() async -> Int32 {
        await withCheckedContinuation { continuation in
            let wait = unsafe Unmanaged.passRetained(Wait(continuation: continuation))
            var thread = pthread_t()
            let code = unsafe pthread_create(&thread, nil, waitForSignal, wait.toOpaque())
            precondition(code == 0, "no thread left to wait for signals")
            pthread_detach(thread)
        }
    }
}

private final class Wait {
    let continuation: CheckedContinuation<Int32, Never>

    init(continuation: CheckedContinuation<Int32, Never>) { self.continuation = continuation }
}

/// Made by the first `hold`, before any handler could want it. A full pipe loses signals, which nobody counts.
private let pipeEnds: (read: Int32, write: Int32) = {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { return (-1, -1) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
    return (ends[0], ends[1])
}()

/// The handler: only what is safe at any point of the program (signal-safety(7)).
private func passOn(_ signal: Int32) {
    let before = errno
    var byte = UInt8(truncatingIfNeeded: signal)
    _ = unsafe write(pipeEnds.write, &byte, 1)
    errno = before
}

private func waitForSignal(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument = unsafe argument else { return nil }
    let wait = unsafe Unmanaged<Wait>.fromOpaque(argument).takeRetainedValue()
    var byte: UInt8 = 0
    var count = 0
    repeat { count = unsafe read(pipeEnds.read, &byte, 1) } while count < 0 && errno == EINTR
    precondition(count == 1, "the pipe of signals is gone")
    wait.continuation.resume(returning: Int32(byte))
    return nil
}
