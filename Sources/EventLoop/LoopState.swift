internal import CLinux
internal import Glibc

/// What a loop holds and does on its own thread.
final class LoopState {
    /// How often jobs and hooks may keep each other busy before the descriptors and timers get their turn.
    private static let roundsPerTurn = 32

    private let epoll: Int32
    private let inbox: Inbox
    private var queued: [Work] = []
    private var running: [Work] = []
    private var hooks: [Hook] = []
    private var watches: [Int32: Watch] = [:]
    private var generation: UInt32 = 0
    var timers = TimerHeap()

    private struct Watch {
        let generation: UInt32
        let ready: () -> Void
    }

    init(epoll: Int32, inbox: Inbox) {
        self.epoll = epoll
        self.inbox = inbox
    }

    func queue(_ work: Work) { self.queued.append(work) }

    func add(_ hook: Hook) { self.hooks.append(hook) }

    /// Turns until the inbox says to stop and nothing is left to run; then closes the loop's descriptors.
    func run(as loop: EventLoop) {
        self.watch(self.inbox.wake, for: .readable) { [inbox = self.inbox] in
            var count: UInt64 = 0
            _ = unsafe read(inbox.wake, &count, 8)
        }
        while self.turn(as: loop) {}
        self.hooks = []
        self.watches = [:]
        close(self.epoll)
    }

    /// Runs jobs and hooks until both are quiet, then waits for a descriptor, a timer or a wake-up.
    ///
    /// Returns false once the loop has ended.
    private func turn(as loop: EventLoop) -> Bool {
        var bound: Duration?
        for _ in 0..<LoopState.roundsPerTurn {
            for _ in 0..<LoopState.roundsPerTurn {
                self.runQueued(as: loop)
                if self.queued.isEmpty { break }
            }
            bound = self.runHooks()
            if self.queued.isEmpty && bound != .zero { break }
        }
        guard self.queued.isEmpty && bound != .zero else {
            self.wait(milliseconds: 0)
            return true
        }
        switch self.inbox.leave() {
        case .look: self.wait(milliseconds: 0)
        case .sleep: self.wait(milliseconds: self.timeout(bound))
        case .end: return self.end()
        }
        return true
    }

    /// Lets the sleepers go, and closes the inbox when that made no more work.
    private func end() -> Bool {
        while let timer = self.timers.first {
            self.timers.remove(timer)
            timer.end(fired: false)
        }
        return !(self.queued.isEmpty && self.inbox.close())
    }

    private func runQueued(as loop: EventLoop) {
        self.inbox.take(into: &self.queued)
        swap(&self.queued, &self.running)
        for work in self.running {
            switch work {
            case .job(let job): unsafe job.runSynchronously(on: loop.asUnownedTaskExecutor())
            case .closure(let body): body()
            }
        }
        self.running.removeAll(keepingCapacity: true)
    }

    /// Runs each hook once and returns the shortest time one of them allows.
    private func runHooks() -> Duration? {
        var bound: Duration?
        var removed = false
        for hook in self.hooks {
            guard let body = hook.body else {
                removed = true
                continue
            }
            if let time = body() { bound = min(bound ?? time, max(time, .zero)) }
        }
        if removed { self.hooks.removeAll { $0.body == nil } }
        return bound
    }

    /// How long `epoll_wait` may wait, rounded up so that a timer is due when it returns; -1 for ever.
    private func timeout(_ bound: Duration?) -> Int32 {
        var nanoseconds = bound.map(\.nanoseconds) ?? .max
        if let due = self.timers.first?.due { nanoseconds = min(nanoseconds, max(0, due - monotonicNow())) }
        guard nanoseconds < .max else { return -1 }
        return Int32(min(nanoseconds / 1_000_000 + (nanoseconds % 1_000_000 == 0 ? 0 : 1), 3_600_000))
    }

    private func wait(milliseconds: Int32) {
        unsafe withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: 64) { events in
            let count = unsafe epoll_wait(self.epoll, events.baseAddress, 64, milliseconds)
            precondition(count >= 0 || errno == EINTR, "epoll_wait failed")
            for index in 0..<max(0, Int(count)) {
                let key = unsafe events[index].data.u64
                guard let watch = self.watches[Int32(truncatingIfNeeded: key)],
                    watch.generation == UInt32(truncatingIfNeeded: key >> 32)
                else { continue }
                watch.ready()
            }
        }
        self.fireTimers()
    }

    /// Runs what is due. What an action adds waits for the next turn.
    private func fireTimers() {
        guard self.timers.first != nil else { return }
        let now = monotonicNow()
        while let timer = self.timers.first, timer.due <= now {
            self.timers.remove(timer)
            timer.end(fired: true)
        }
    }

    func after(_ delay: Duration, abandon: (() -> Void)?, _ action: @escaping () -> Void) -> Timer {
        let (due, overflow) = monotonicNow().addingReportingOverflow(max(0, delay.nanoseconds))
        let timer = Timer(due: overflow ? .max : due, loop: self, abandon: abandon, action: action)
        self.timers.insert(timer)
        return timer
    }

    func watch(_ descriptor: Int32, for interest: Interest, _ ready: @escaping () -> Void) {
        self.generation &+= 1
        precondition(self.watches[descriptor] == nil, "descriptor \(descriptor) is watched already")
        self.watches[descriptor] = Watch(generation: self.generation, ready: ready)
        self.control(EPOLL_CTL_ADD, descriptor, interest, self.generation)
    }

    func change(_ descriptor: Int32, to interest: Interest) {
        guard let watch = self.watches[descriptor] else {
            preconditionFailure("descriptor \(descriptor) is not watched")
        }
        self.control(EPOLL_CTL_MOD, descriptor, interest, watch.generation)
    }

    func unwatch(_ descriptor: Int32) {
        guard self.watches.removeValue(forKey: descriptor) != nil else { return }
        self.control(EPOLL_CTL_DEL, descriptor, [], 0)
    }

    /// Tells the kernel; a descriptor that epoll refuses is our own bug.
    private func control(_ operation: Int32, _ descriptor: Int32, _ interest: Interest, _ generation: UInt32) {
        var event = unsafe epoll_event()
        unsafe event.events = interest.rawValue
        unsafe event.data.u64 = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
        let code = unsafe epoll_ctl(self.epoll, operation, descriptor, &event)
        precondition(code == 0, "epoll_ctl: descriptor \(descriptor), errno \(errno)")
    }
}
