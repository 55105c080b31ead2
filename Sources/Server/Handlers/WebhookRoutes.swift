internal import CanonicalJSON
internal import HTTP
internal import Service

/// What forges send by themselves. They carry no API key: the signature, or the token, says who they are.
enum WebhookRoutes {
    /// Takes a delivery of GitHub's: 201 when it brought a fact that is new, else 200 with what became of it.
    @Sendable static func github(_ exchange: Exchange) async throws -> Response {
        let headers = exchange.request.headers
        let delivery = Delivery(
            event: try exchange.word("X-GitHub-Event"), id: try exchange.word("X-GitHub-Delivery"),
            body: exchange.request.body)
        let taken = try await exchange.application.webhooks.github(
            delivery, signature: headers["X-Hub-Signature-256"] ?? "", on: exchange.writer)
        return self.answer(taken)
    }

    static func answer(_ taken: Webhooks.Taken) -> Response {
        var writer = CanonicalWriter()
        writer.object { writer in
            writer.name("facts")
            writer.array { writer in
                for fact in taken.facts { fact.write(to: &writer) }
            }
            writer.name("ignored")
            writer.array { writer in
                for rule in taken.ignored { writer.string(rule) }
            }
        }
        let isNew = taken.facts.contains { $0.recorded?.isNew == true }
        return .json(bytes: writer.bytes, status: isNew ? 201 : 200)
    }
}

extension Exchange {
    /// The header field `name`, which must hold one word of at most 200 letters, digits, `_`, `-`, `.` and spaces.
    fileprivate func word(_ name: String) throws(WebhookRefusal) -> String {
        let text = self.request.headers[name] ?? ""
        let isWord =
            (1...200).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || " _-.".utf8.contains(byte)
            }
        guard isWord else { throw .malformedHeader(name) }
        return text
    }
}
