internal import CanonicalJSON
internal import HTTP
internal import Reputation
internal import Scoring
internal import Service

/// Why profiles are as they are, and what they were.
enum HistoryRoutes {
    /// What became of each row.
    @Sendable static func explain(_ exchange: Exchange) async throws -> Response {
        let query = try exchange.query(known: ["as_of", "model", "facet", "cursor", "limit"])
        let explanation = try await exchange.application.background.history.explanation(
            of: exchange["handle"], from: try exchange.moment(query["as_of"], "as_of"),
            by: try exchange.model(query["model"]), page: try exchange.page(query))
        guard let explanation else { throw Problem.notFound }
        return .json(explanation)
    }

    /// What changed between two moments, row by row.
    @Sendable static func changes(_ exchange: Exchange) async throws -> Response {
        let query = try exchange.query(known: ["from", "to", "model", "facet", "cursor", "limit"])
        guard query["from"] != nil else {
            throw Problem.invalid("?from", "Name the earlier moment: a day, or a size of the ledger.")
        }
        let changes = try await exchange.application.background.history.changes(
            of: exchange["handle"], from: try exchange.moment(query["from"], "from"),
            to: try exchange.moment(query["to"], "to"), by: try exchange.model(query["model"]),
            page: try exchange.page(query))
        guard let changes else { throw Problem.notFound }
        return .json(changes)
    }

    /// The models readers can ask for, the one of published profiles first.
    @Sendable static func models(_ exchange: Exchange) async throws -> Response {
        .json([
            "models": .array(
                Model.all.map { model in
                    [
                        "name": .string(model.name), "model": model.reference,
                        "weights": .string("/v1/models/\(model.name)"),
                    ]
                })
        ])
    }

    /// A model with all its weights.
    @Sendable static func model(_ exchange: Exchange) async throws -> Response {
        guard let model = Model.named(exchange["id"]) else { throw Problem.notFound }
        return .json(["model": model.reference, "weights": model.weights])
    }
}

extension Exchange {
    /// A day, or a size of the ledger; nothing is the present.
    fileprivate func moment(_ text: String?, _ name: String) throws(Problem) -> Moment {
        guard let text else { return .present }
        if let day = Day(text) { return .day(day) }
        guard let size = Int64(text), String(size) == text, size >= 0 else {
            throw .invalid("?\(name)", "This must be a day, 2026-01-31, or a size of the ledger.")
        }
        return .size(size)
    }

    fileprivate func model(_ name: String?) throws(Problem) -> Model {
        guard let name else { return .standing1 }
        guard let model = Model.named(name) else {
            throw .invalid("?model", "Known models are: \(Model.all.map(\.name).joined(separator: ", ")).")
        }
        return model
    }

    fileprivate func page(_ query: [String: String]) throws(Problem) -> ExplanationPage {
        let facet = query["facet"].flatMap(Facet.Name.init)
        if query["facet"] != nil, facet == nil {
            throw .invalid("?facet", "Name one of: \(Facet.Name.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        return ExplanationPage(
            facet: facet, after: try self.number(query["cursor"], "cursor", in: 0...Int64.max, standard: -1),
            limit: Int(try self.number(query["limit"], "limit", in: 1...500, standard: 100)))
    }
}

extension ProfileRoutes {
    /// `exchange.moment` and `exchange.model`, for the document's own route.
    static func view(_ exchange: Exchange) throws(Problem) -> (Moment, Model) {
        let query = try exchange.query(known: ["as_of", "model"])
        return (try exchange.moment(query["as_of"], "as_of"), try exchange.model(query["model"]))
    }
}
