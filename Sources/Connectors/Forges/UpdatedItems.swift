import CanonicalJSON
import Reputation

/// The issues or changes of a project, walked by the time of their last update, oldest first.
///
/// What changes on the way moves to the end and is met there (again), so nothing is skipped as it would be on numbered pages.
struct UpdatedItems {
    /// The member that tells an item from the others of its project.
    let id: String
    /// Until when items are read; empty at the beginning.
    private(set) var since = ""
    /// Which of that very moment.
    private var seen: Set<String> = []
    private var waiting: [Place] = []
    /// Where the list goes on, when a whole page of it was of that moment.
    private var page: String?

    init(id: String) { self.id = id }

    /// What to keep of the walk, as members of its position.
    var position: [String: JSON] {
        ["seen": .array(self.seen.sorted().map(JSON.string)), "since": .string(self.since)]
    }

    mutating func resume(at place: Place) throws(Refusal) {
        self.since = try place["since"].text()
        self.seen = []
        for element in try place["seen"].elements() { self.seen.insert(try element.text()) }
    }

    /// Begins where an earlier walk ended, unless this one is under way.
    mutating func begin(at since: String?) {
        if self.since.isEmpty { self.since = since ?? "" }
    }

    /// The next item, or nil when there is none; `ask` gets the page of the list that begins at `since`, or the one at an
    /// address that the list itself named.
    mutating func next(
        _ ask: (_ since: String, _ page: String?) async throws -> RestAnswer?
    ) async throws -> Place? {
        var turned: Set<String> = []
        while self.waiting.isEmpty {
            guard let answer = try await ask(self.since, self.page) else { return nil }
            for element in try Place(parsing: answer.body).elements().reversed() {
                let isSeen =
                    try element["updated_at"].text() == self.since && self.seen.contains(try element[self.id].id())
                if !isSeen { self.waiting.append(element) }
            }
            // Only a page full of one moment's items has to be turned by its link.
            self.page = self.waiting.isEmpty ? answer.next : nil
            if self.waiting.isEmpty {
                guard let next = answer.next else { return nil }
                guard turned.insert(next).inserted else {
                    throw RemoteError(address: ForgeAddress.short(next), reason: "the list has no end")
                }
            }
        }
        return self.waiting.popLast()
    }

    /// Notes that `item` is through.
    mutating func done(_ item: Place) throws(Refusal) {
        let updated = try item["updated_at"].text()
        if updated != self.since { self.seen = [] }
        self.since = updated
        self.seen.insert(try item[self.id].id())
    }
}
