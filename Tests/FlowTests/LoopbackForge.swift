import EventLoop
import HTTP
import Synchronization

/// A forge on loopback that knows a few made-up people: `/api/v3/users/<login>` and `/<login>.keys`, as the real ones.
final class LoopbackForge: Sendable {
    struct Person: Sendable {
        var id: Int
        var keys: [String]
    }

    private let people = Mutex<[String: Person]>([:])

    func set(_ login: String, id: Int, keys: [String]) {
        self.people.withLock { $0[login] = Person(id: id, keys: keys) }
    }

    func answer(_ request: Request) -> Response {
        let path = request.path
        let people = self.people.withLock { $0 }
        if path.hasPrefix("/api/v3/users/"), let login = path.split(separator: "/").last.map(String.init),
            let person = people[login]
        {
            return .json(#"{"id":\#(person.id),"login":"\#(login)","type":"User","score":1.5}"#)
        }
        if path.hasSuffix(".keys"), let person = people[String(path.dropFirst().dropLast(5))] {
            return .text(person.keys.joined())
        }
        return .text("no such page\n", status: 404)
    }
}
