/// First in, first out, in constant time.
public struct Queue<Element> {
    private var elements: [Element?] = []
    private var head = 0

    /// How many there are.
    public var count: Int { self.elements.count - self.head }
    /// Whether there is none.
    public var isEmpty: Bool { self.count == 0 }

    /// An empty queue.
    public init() {}

    /// Puts `element` at the end.
    public mutating func append(_ element: Element) { self.elements.append(element) }

    /// Takes the first element out; nil when there is none.
    public mutating func removeFirst() -> Element? {
        guard self.head < self.elements.count else { return nil }
        let element = self.elements[self.head].take()
        self.head += 1
        if self.head == self.elements.count {
            self.elements.removeAll(keepingCapacity: self.elements.count < 4096)
            self.head = 0
        } else if self.head >= 1024, self.head * 2 >= self.elements.count {
            self.elements.removeFirst(self.head)
            self.head = 0
        }
        return element
    }

    /// Takes everything out, first to last.
    public mutating func removeAll() -> [Element] {
        defer { (self.elements, self.head) = ([], 0) }
        return self.elements[self.head...].compactMap { $0 }
    }
}

extension Queue: Sendable where Element: Sendable {}
