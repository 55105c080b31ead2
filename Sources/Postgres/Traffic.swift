internal import EventLoop

/// One read on its way.
struct Read {
    let sql: SQL
    let done: (Result<[Row], PostgresError>) -> Void
    /// Sent again alone, because one before it failed.
    var isAlone = false
    /// Prepared again already, after a change of the schema.
    var isPreparedAgain = false

    init(_ sql: SQL, _ done: @escaping (Result<[Row], PostgresError>) -> Void) {
        self.sql = sql
        self.done = done
    }
}

/// What goes over a pipeline and what must come back, in that order.
struct Traffic: ~Copyable {
    /// What an answer is expected to.
    private enum Expected {
        case prepare(Statement, name: String)
        case read(Read, name: String?)
        case sync
    }

    /// A statement the server was asked to keep, and whether it said that it does.
    private struct Prepared {
        let name: String
        private(set) var isConfirmed = false

        init(name: String) { self.name = name }

        mutating func confirm(_ name: String) { self.isConfirmed = self.isConfirmed || name == self.name }
    }

    var session = Session.closed()
    private var unsent: [Read] = []
    private var expected = Queue<Expected>()
    private var prepared: [Statement: Prepared] = [:]
    private var names = 0
    /// Why the statement of the read whose answer comes next could not be prepared.
    private var refusal: PostgresError?
    /// How many answers have come.
    private(set) var answered = 0

    var hasUnsent: Bool { !self.unsent.isEmpty }
    var isExpecting: Bool { !self.expected.isEmpty }
    var count: Int { self.unsent.count + self.expected.count }

    mutating func add(_ read: Read) { self.unsent.append(read) }

    /// Sends everything that waits, closed by one sync, except that what is sent again has a sync to itself.
    mutating func send() throws(PostgresError) {
        let reads = self.unsent
        self.unsent.removeAll(keepingCapacity: true)
        for (index, read) in reads.enumerated() {
            let name = self.name(for: read)
            self.expected.append(.read(read, name: name.prepared))
            guard name.isSent, self.session.send(read.sql, preparedAs: name.prepared) else {
                self.unsent = Array(reads[(index + 1)...])
                throw self.session.lost()
            }
            if read.isAlone || index + 1 == reads.count || reads[index + 1].isAlone {
                guard self.session.sync() else { throw self.session.lost() }
                self.expected.append(.sync)
            }
        }
    }

    /// The name the statement of `read` is prepared under, preparing it if need be.
    ///
    /// None when there are enough of them already, or when `read` goes alone and so must not depend on whether an
    /// earlier one could prepare it.
    private mutating func name(for read: Read) -> (prepared: String?, isSent: Bool) {
        let statement = read.sql.statement
        if let known = self.prepared[statement], known.isConfirmed || !read.isAlone { return (known.name, true) }
        guard !read.isAlone, self.prepared.count < Session.preparedLimit else { return (nil, true) }
        let name = "r\(self.names)"
        self.names += 1
        self.prepared[statement] = Prepared(name: name)
        self.expected.append(.prepare(statement, name: name))
        return (name, self.session.sendPrepare(statement, as: name))
    }

    /// Answers every read whose answer is here.
    mutating func receive() throws(PostgresError) {
        var absent = 0
        while !self.expected.isEmpty, !self.session.isBusy {
            let answer = self.session.next()
            if answer.isAbsent {
                absent += 1
                // One stands between two answers. Endless ones mean that our count is wrong: start afresh.
                guard absent < 8 else { throw self.session.lost() }
                continue
            }
            absent = 0
            if let error = answer.serverError, error.state.isGoodbye { throw error }
            guard !self.session.isLost, let expected = self.expected.removeFirst() else { throw self.session.lost() }
            self.answered += 1
            try self.settle(expected, with: answer)
        }
    }

    private mutating func settle(_ expected: Expected, with answer: borrowing Answer) throws(PostgresError) {
        switch expected {
        case .sync:
            guard answer.isSync else { throw self.session.lost() }
        case .prepare(let statement, let name):
            if answer.isSuccess {
                self.prepared[statement]?.confirm(name)
                return
            }
            self.forget(statement, name)
            self.refusal = answer.serverError
        case .read(var read, let name):
            if let refusal = self.refusal.take() { return read.done(.failure(refusal)) }
            if answer.isSuccess { return read.done(.success(answer.rows())) }
            if answer.isAborted {
                read.isAlone = true
                return self.unsent.append(read)
            }
            guard let error = answer.serverError else { throw self.session.lost() }
            guard error.state.asksToPrepareAgain, let name, !read.isPreparedAgain else {
                return read.done(.failure(error))
            }
            self.forget(read.sql.statement, name)
            read.isPreparedAgain = true
            read.isAlone = true
            self.unsent.append(read)
        }
    }

    private mutating func forget(_ statement: Statement, _ name: String) {
        if self.prepared[statement]?.name == name { self.prepared[statement] = nil }
    }

    /// Closes the session and fails every read there is.
    mutating func end(with error: PostgresError) {
        self.session.close()
        self.prepared = [:]
        self.refusal = nil
        let reads = self.expected.removeAll().compactMap { if case .read(let read, _) = $0 { read } else { nil } }
        for read in reads + self.unsent { read.done(.failure(error)) }
        self.unsent = []
    }
}
