internal import Foundation
internal import FoundationNetworking
internal import Synchronization

/// A URLSession and the exchanges it is at; ends the session when its client is gone.
final class ClientSession: Sendable {
    private let session: URLSession
    private let exchanges = Exchanges()

    init() {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpCookieStorage = nil
        configuration.httpCookieAcceptPolicy = .never
        configuration.httpShouldSetCookies = false
        configuration.urlCache = nil
        configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
        self.session = URLSession(configuration: configuration, delegate: self.exchanges, delegateQueue: nil)
    }

    deinit { self.session.finishTasksAndInvalidate() }

    /// Sends `request`; what comes first ends it: the answer, the time, a body over the limit, or cancellation.
    func run(
        _ request: URLRequest, within timeout: Duration, bodyBytes: Int
    ) async -> Result<ClientResponse, HTTPClientError> {
        var request = request
        request.timeoutInterval = timeout / .seconds(1)
        let task = self.session.dataTask(with: request)
        return await withTaskGroup(of: Void.self) { group in
            group.addTask {
                guard (try? await Task.sleep(for: timeout)) != nil else { return }
                self.exchanges.end(task, with: .timedOut)
            }
            defer { group.cancelAll() }
            return await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    self.exchanges.begin(task, Exchange(bodyBytes: bodyBytes, continuation: continuation))
                }
            } onCancel: {
                self.exchanges.end(task, with: .cancelled)
            }
        }
    }
}

/// One request under way.
private struct Exchange: Sendable {
    let bodyBytes: Int
    let continuation: CheckedContinuation<Result<ClientResponse, HTTPClientError>, Never>
    var body: [UInt8] = []
    var redirects = 0
}

/// Gathers what comes for each task of a session. Whoever takes an exchange out answers it, so each is answered once.
private final class Exchanges: NSObject, URLSessionDataDelegate, Sendable {
    private let exchanges = Mutex<[Int: Exchange]>([:])

    func begin(_ task: URLSessionDataTask, _ exchange: Exchange) {
        self.exchanges.withLock { $0[task.taskIdentifier] = exchange }
        if Task.isCancelled { self.end(task, with: .cancelled) } else { task.resume() }
    }

    /// Fails a task that is not answered yet.
    func end(_ task: URLSessionTask, with error: HTTPClientError) {
        let exchange = self.exchanges.withLock { $0.removeValue(forKey: task.taskIdentifier) }
        guard let exchange else { return }
        task.cancel()
        exchange.continuation.resume(returning: .failure(error))
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        let limit: Int? = self.exchanges.withLock { exchanges in
            guard let exchange = exchanges[dataTask.taskIdentifier] else { return nil }
            guard exchange.body.count + data.count <= exchange.bodyBytes else { return exchange.bodyBytes }
            exchanges[dataTask.taskIdentifier]?.body.append(contentsOf: data)
            return nil
        }
        if let limit { self.end(dataTask, with: .bodyTooLarge(limit: limit)) }
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        guard error == nil, let response = task.response as? HTTPURLResponse else {
            let isLate = (error as? URLError)?.code == .timedOut
            self.end(task, with: isLate ? .timedOut : .unreachable(error?.localizedDescription ?? "no HTTP"))
            return
        }
        let exchange = self.exchanges.withLock { $0.removeValue(forKey: task.taskIdentifier) }
        var headers = Headers()
        for (name, value) in response.allHeaderFields { headers.append("\(name)", "\(value)") }
        exchange?.continuation.resume(
            returning: .success(
                ClientResponse(status: response.statusCode, headers: headers, body: exchange?.body ?? [])))
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        let (old, new) = (response.url, request.url)
        let stays = old?.host == new?.host && old?.port == new?.port && old?.scheme == new?.scheme
        let redirects = self.exchanges.withLock { exchanges in
            exchanges[task.taskIdentifier]?.redirects += 1
            return exchanges[task.taskIdentifier]?.redirects ?? .max
        }
        completionHandler(stays && redirects <= 10 ? request : nil)
    }
}
