internal import CLinux

/// What to wait for on a descriptor. A hang-up or an error counts as either, and always calls back.
public struct Interest: OptionSet, Sendable {
    /// The bits of `epoll_event.events`.
    public let rawValue: UInt32

    /// The bits of `epoll_event.events`.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// There is something to read, or the end of it.
    public static let readable = Interest(rawValue: UInt32(EPOLLIN.rawValue))
    /// A write would take at least a byte.
    public static let writable = Interest(rawValue: UInt32(EPOLLOUT.rawValue))
}

extension EventLoop {
    /// Calls `ready` whenever `descriptor` is as `interest` says, level-triggered; on the loop.
    ///
    /// The descriptor stays the caller's: ``unwatch(_:)`` it before closing it. Watching one twice traps.
    public func watch(_ descriptor: Int32, for interest: Interest, _ ready: @escaping () -> Void) {
        self.onLoop.watch(descriptor, for: interest, ready)
    }

    /// Waits for `interest` from now on, on a watched descriptor; an empty one keeps only hang-ups and errors. On the loop.
    public func change(_ descriptor: Int32, to interest: Interest) {
        self.onLoop.change(descriptor, to: interest)
    }

    /// Calls back no more for `descriptor`, not even for what has happened already; on the loop. Harmless if unwatched.
    public func unwatch(_ descriptor: Int32) {
        self.onLoop.unwatch(descriptor)
    }
}

/// A hook set with ``EventLoop/beforeWaiting(_:)``.
public final class Hook {
    var body: (() -> Duration?)?

    init(_ body: @escaping () -> Duration?) { self.body = body }

    /// Runs it no more; on the loop.
    public func remove() { self.body = nil }
}

extension EventLoop {
    /// Runs `hook` whenever the loop has run its jobs and is about to wait; on the loop.
    ///
    /// The hook says how long the loop may wait at most: nil for no bound, `.zero` to be run again first. Jobs and
    /// hooks alternate until both are quiet; if they never are, descriptors and timers still get their turn. A hook that
    /// makes work for another hook, rather than a job, must say `.zero`.
    @discardableResult
    public func beforeWaiting(_ hook: @escaping () -> Duration?) -> Hook {
        let hook = Hook(hook)
        self.onLoop.add(hook)
        return hook
    }
}
