internal import CLinux

/// How much a thread leaves of the processor to others where there is too little for all (nice(1)).
public enum Niceness: Int32, Sendable {
    /// It makes what somebody will wait for later.
    case ahead = 5
    /// Who waits for it has sent much at once, and waits for others after it.
    case bulk = 10
    /// Nobody waits for it.
    case background = 19

    /// Makes the thread that calls this so nice, from now on.
    public func takeOn() { make_this_thread_nice(self.rawValue) }
}
