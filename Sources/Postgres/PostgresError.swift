/// What the server, or the way to it, said no with.
///
/// Says which rule was broken, never by which values: the server's DETAIL is not read, and its messages about bad
/// data, which quote the data, are withheld.
public struct PostgresError: Error, Equatable, CustomStringConvertible {
    /// The kind of error; code matches this.
    public let state: SQLState
    /// The constraint that refused the row, when one did; named as the sentence it enforces.
    public let constraint: String?
    /// The server's own words, for the log.
    public let message: String

    /// An error of kind `state`; `message` must not hold values of rows.
    public init(state: SQLState, constraint: String? = nil, message: String) {
        self.state = state
        self.constraint = constraint
        self.message = state.quotesData ? Self.withoutData(message) : message
    }

    /// The message with its kind.
    public var description: String { "\(self.message) (\(self.state.rawValue))" }

    /// `message` when it can hold no value: values are quoted or, as bytes, written in digits.
    private static func withoutData(_ message: String) -> String {
        let tells = message.utf8.contains { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || $0 == UInt8(ascii: "\"") }
        return tells ? "a value does not fit its type" : message
    }
}

/// An SQLSTATE (PostgreSQL's manual, appendix A), or one of ours where no server answered.
public struct SQLState: RawRepresentable, Hashable, Sendable {
    /// Five characters from the server, or one of our words in lower case.
    public let rawValue: String

    /// The state of this code.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// There is no server at the other end (any more). Nothing is known of a statement that was under way.
    public static let noConnection = SQLState(rawValue: "no connection")
    /// The server went away during COMMIT: the transaction is in the database or it is not, look before trying again.
    public static let unknownCommit = SQLState(rawValue: "commit unknown")
    /// Too many statements are waiting already; this one was not sent.
    public static let overloaded = SQLState(rawValue: "overloaded")
    /// A result does not have the columns or types it was read as: our own mistake, or a schema changed under us.
    public static let unexpectedResult = SQLState(rawValue: "unexpected result")

    /// There is such a row already.
    public static let uniqueViolation = SQLState(rawValue: "23505")
    /// A row breaks a CHECK.
    public static let checkViolation = SQLState(rawValue: "23514")
    /// A row refers to one that is not there, or is referred to.
    public static let foreignKeyViolation = SQLState(rawValue: "23503")
    /// A column that must have a value has none.
    public static let notNullViolation = SQLState(rawValue: "23502")
    /// A row overlaps another one.
    public static let exclusionViolation = SQLState(rawValue: "23P01")
    /// A function of our own raised it.
    public static let raisedException = SQLState(rawValue: "P0001")
    /// The transaction met another one; run it again.
    public static let serializationFailure = SQLState(rawValue: "40001")
    /// Two transactions waited for each other; run it again.
    public static let deadlock = SQLState(rawValue: "40P01")
    /// An earlier statement of the transaction failed.
    public static let failedTransaction = SQLState(rawValue: "25P02")
    /// There is no transaction.
    public static let noActiveTransaction = SQLState(rawValue: "25P01")
    /// The session may not write.
    public static let readOnlyTransaction = SQLState(rawValue: "25006")
    /// The role may not do that.
    public static let insufficientPrivilege = SQLState(rawValue: "42501")
    /// There is no such table.
    public static let undefinedTable = SQLState(rawValue: "42P01")
    /// There is no such column.
    public static let undefinedColumn = SQLState(rawValue: "42703")
    /// There is no such function.
    public static let undefinedFunction = SQLState(rawValue: "42883")
    /// The statement is not SQL.
    public static let syntaxError = SQLState(rawValue: "42601")
    /// The disk has no room for it.
    public static let diskFull = SQLState(rawValue: "53100")
    /// The server has no memory for it.
    public static let outOfMemory = SQLState(rawValue: "53200")
    /// Stopped by `statement_timeout` or on request.
    public static let queryCanceled = SQLState(rawValue: "57014")
    /// Stopped by `lock_timeout`, or by NOWAIT.
    public static let lockNotAvailable = SQLState(rawValue: "55P03")
    /// A text does not read as the type it is cast to.
    public static let invalidText = SQLState(rawValue: "22P02")
    /// A text holds what is no UTF-8, or a NUL.
    public static let invalidEncoding = SQLState(rawValue: "22021")
    /// The plan of a prepared statement does not fit a schema changed since.
    static let featureNotSupported = SQLState(rawValue: "0A000")
    static let undefinedPreparedStatement = SQLState(rawValue: "26000")

    /// Class 22 ("data exception") is about values and quotes them.
    var quotesData: Bool { self.rawValue.hasPrefix("22") }

    /// True when the server does not know a prepared statement, or not in this shape: preparing it again helps.
    var asksToPrepareAgain: Bool { self == .featureNotSupported || self == .undefinedPreparedStatement }
}

extension SQLState {
    /// True when the server says this before it hangs up (57P01 to 57P05).
    var isGoodbye: Bool { self.rawValue.hasPrefix("57P0") }
}
