/// First in, first out, in constant time.
struct Queue<Element> {
    private var elements: [Element?] = []
    private var head = 0

    var count: Int { self.elements.count - self.head }
    var isEmpty: Bool { self.count == 0 }

    mutating func append(_ element: Element) { self.elements.append(element) }

    /// Takes the first element out; nil when there is none.
    mutating func removeFirst() -> Element? {
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
    mutating func removeAll() -> [Element] {
        defer { (self.elements, self.head) = ([], 0) }
        return self.elements[self.head...].compactMap { $0 }
    }
}
