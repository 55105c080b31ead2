internal import Glibc

/// Nanoseconds of the monotonic clock.
func monotonicNow() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

extension Duration {
    /// Whole nanoseconds, clamped to what fits.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = self.components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return overflow || carry ? (seconds < 0 ? .min : .max) : sum
    }
}

/// Pending timers, the earliest first: a binary heap in which each timer knows its place, so that cancelling one
/// leaves nothing behind.
struct TimerHeap {
    private var heap: [Timer] = []

    /// The one due first.
    var first: Timer? { self.heap.first }

    mutating func insert(_ timer: Timer) {
        timer.index = self.heap.count
        self.heap.append(timer)
        self.rise(timer.index)
    }

    mutating func remove(_ timer: Timer) {
        let index = timer.index
        guard index >= 0 else { return }
        timer.index = -1
        let last = self.heap.removeLast()
        guard index < self.heap.count else { return }
        self.heap[index] = last
        last.index = index
        self.sink(index)
        self.rise(last.index)
    }

    private mutating func rise(_ start: Int) {
        var index = start
        while index > 0, self.heap[index].due < self.heap[(index - 1) / 2].due {
            self.exchange(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    private mutating func sink(_ start: Int) {
        var index = start
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2] where child < self.heap.count {
                if self.heap[child].due < self.heap[least].due { least = child }
            }
            if least == index { return }
            self.exchange(index, least)
            index = least
        }
    }

    private mutating func exchange(_ one: Int, _ other: Int) {
        self.heap.swapAt(one, other)
        self.heap[one].index = one
        self.heap[other].index = other
    }
}
